//! The receiver's name as it was configured.

/// Undoes Go's `regexp.QuoteMeta`, through which Alertmanager sends the name: `a\.max\(1\)` → `a.max(1)`.
pub(super) fn unquoted(quoted: &str) -> String {
    let mut name = String::with_capacity(quoted.len());
    let mut chars = quoted.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\\' && chars.peek().is_some_and(|next| r"\.+*?()|[]{}^$".contains(*next)) {
            name.extend(chars.next());
        } else {
            name.push(char);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn metacharacters_lose_their_backslash_and_nothing_else_does() {
        for (quoted, name) in [
            (r"a\.max\(1\)", "a.max(1)"),
            (r"plain-name", "plain-name"),
            (r"back\\slash", r"back\slash"),
            (r"\\\.", r"\."),
            (r"odd\n", r"odd\n"),
            (r"end\", r"end\"),
        ] {
            assert_eq!(unquoted(quoted), name);
        }
    }
}
