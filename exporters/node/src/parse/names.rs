//! Names of hosts: the file that holds one, and what a Kubernetes node may be called.

/// The name in `/etc/hostname`: the first line that is no comment (hostname(5)). `None` if there is none.
#[must_use]
pub fn of_file(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What is wrong with a name for a Kubernetes node, in words; `None` if it is good: a DNS subdomain of RFC 1123 in lower
/// case (`IsDNS1123Subdomain` of apimachinery).
#[must_use]
pub fn complaint(name: &str) -> Option<String> {
    const LONGEST: usize = 253;
    if name.is_empty() {
        return Some("it is empty".into());
    }
    if name.len() > LONGEST {
        return Some(format!("it has more than {LONGEST} characters"));
    }
    name.chars().find_map(letter).or_else(|| name.split('.').find_map(label))
}

fn letter(letter: char) -> Option<String> {
    match letter {
        'a'..='z' | '0'..='9' | '-' | '.' => None,
        'A'..='Z' => Some(format!("`{letter}` is upper case")),
        other => Some(format!("it contains `{}`", other.escape_default())),
    }
}

fn label(label: &str) -> Option<String> {
    const LONGEST: usize = 63;
    match label {
        "" => Some("a part between its dots is empty".into()),
        label if label.len() > LONGEST => Some(format!("a part between its dots has more than {LONGEST} characters")),
        label if label.starts_with('-') || label.ends_with('-') => {
            Some(format!("`{label}` begins or ends with a hyphen"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_line_that_says_something_is_the_name() {
        assert_eq!(of_file("# static\n\n odrerir \nother\n"), Some("odrerir"));
        assert_eq!(of_file("\n#\n"), None);
    }

    #[test]
    fn a_node_has_a_name_of_lower_case() {
        for name in ["odin", "pi-3", "0", "a.b-c.d", &"a".repeat(63)] {
            assert_eq!(complaint(name), None, "{name}");
        }
        for (name, word) in [
            ("", "empty"),
            ("Odrerir", "`O` is upper case"),
            ("pi_3", "contains `_`"),
            ("pi 3", "contains ` `"),
            ("pi\u{202e}3", "contains `\\u{202e}`"),
            ("-pi", "hyphen"),
            ("pi-.lan", "hyphen"),
            ("pi..lan", "is empty"),
            (".pi", "is empty"),
            (&"a".repeat(64), "63"),
            (&"a.".repeat(127), "253"),
        ] {
            let told = complaint(name);
            assert!(told.as_ref().is_some_and(|told| told.contains(word)), "{name}: {told:?}");
        }
    }

    proptest! {
        #[test]
        fn only_what_the_rfc_allows_is_good(name in "[a-cA-C0._-]{0,12}") {
            let labels = name.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            });
            prop_assert_eq!(complaint(&name).is_none(), labels);
        }
    }
}
