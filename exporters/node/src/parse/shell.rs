//! Settings files that a shell reads (`/etc/default/…`): the value a variable is given there.

/// The last value given to a variable, without quotes; `None` if none is given. Only whole words are understood: what a shell
/// would have to work out is handed out as it stands.
#[must_use]
pub fn variable<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut given = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("export ").unwrap_or(line).trim_start().strip_prefix(name)?.strip_prefix('=')
    });
    given.next_back().map(word)
}

/// Up to the first blank or comment, or between quotes.
fn word(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or(rest);
        }
    }
    value.split([' ', '\t', ';', '#']).next().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_value_counts_and_comments_do_not() {
        let text = "#CONF_SWAPSIZE=5\nCONF_SWAPSIZE=100 # MByte\nexport CONF_SWAPFILE=\"/var/my swap\"\n CONF_SWAPSIZE=0\nX=\n";
        assert_eq!(variable(text, "CONF_SWAPSIZE"), Some("0"));
        assert_eq!(variable(text, "CONF_SWAPFILE"), Some("/var/my swap"));
        assert_eq!(variable(text, "SWAPSIZE"), None);
        assert_eq!(variable(text, "X"), Some(""));
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(text in "(\\PC|\n){0,200}") {
            let _ = variable(&format!("A={text}"), "A");
        }
    }
}
