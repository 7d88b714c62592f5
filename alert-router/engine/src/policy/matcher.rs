//! One condition on one label, written and meant as in Alertmanager: `severity="critical"`, `node=~"pi-.*"`.

use regex_lite::Regex;

use crate::webhook::Labels;

/// One condition on one label. A missing label is an empty one; patterns must match the whole value.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Is(String),
    IsNot(String),
    Matches(Regex),
    MatchesNot(Regex),
}

/// Why a text is no matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    /// It is not `name`, one of `= != =~ !~`, and a value.
    #[error("not a matcher (name=\"value\", !=, =~, !~): {0}")]
    Shape(String),
    /// Its pattern does not compile.
    #[error("bad pattern: {pattern}")]
    Pattern {
        /// The offending pattern.
        pattern: String,
        /// What the regex library says.
        source: regex_lite::Error,
    },
}

impl Matcher {
    /// Reads one matcher. The value may be quoted, with `\"`, `\\` and `\n` as in Alertmanager.
    ///
    /// # Errors
    /// When the text is no matcher or its pattern does not compile, with the offending text.
    pub fn parse(text: &str) -> Result<Self, MatcherError> {
        let shape = || MatcherError::Shape(text.to_owned());
        let at = text.find(['=', '!']).ok_or_else(shape)?;
        let (name, rest) = (text[..at].trim(), &text[at..]);
        let operator = ["=~", "!~", "!=", "="].into_iter().find(|op| rest.starts_with(op)).ok_or_else(shape)?;
        let value = unquote(rest[operator.len()..].trim()).ok_or_else(shape)?;
        let name = unquote(name).filter(|name| !name.is_empty()).ok_or_else(shape)?;
        let test = match operator {
            "=" => Test::Is(value),
            "!=" => Test::IsNot(value),
            "=~" => Test::Matches(anchored(&value)?),
            _ => Test::MatchesNot(anchored(&value)?),
        };
        Ok(Self { name, test })
    }

    /// Whether these labels satisfy the condition.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.name).map_or("", String::as_str);
        match &self.test {
            Test::Is(wanted) => value == wanted,
            Test::IsNot(unwanted) => value != unwanted,
            Test::Matches(pattern) => pattern.is_match(value),
            Test::MatchesNot(pattern) => !pattern.is_match(value),
        }
    }
}

/// A pattern that must match the whole value, dots matching newlines as in Alertmanager.
fn anchored(pattern: &str) -> Result<Regex, MatcherError> {
    Regex::new(&format!("^(?s:{pattern})$"))
        .map_err(|source| MatcherError::Pattern { pattern: pattern.to_owned(), source })
}

/// The text itself, or what stands between its quotes; `None` when a quote is not closed.
fn unquote(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let mut value = String::new();
    let mut chars = inner.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(value),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            plain => value.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn says(matcher: &str, pairs: &[(&str, &str)]) -> bool {
        Matcher::parse(matcher).unwrap().matches(&labels(pairs))
    }

    #[test]
    fn the_four_operators_mean_what_alertmanager_means() {
        let odin = [("node", "odin"), ("severity", "critical")];
        assert!(says(r#"node="odin""#, &odin) && !says("node=odi", &odin));
        assert!(says("node != pi-1", &odin) && !says("node!=odin", &odin));
        assert!(says(r#"node=~"odin|pi-.*""#, &odin) && !says("node=~odi", &odin), "anchored at the end");
        assert!(!says("node=~din", &odin), "anchored at the start");
        assert!(says("node!~pi-.*", &odin) && !says("node!~od.n", &odin));
    }

    #[test]
    fn a_missing_label_is_an_empty_one() {
        assert!(says(r#"gone="""#, &[]) && says("gone=~.*", &[]) && says("gone!=x", &[]) && !says("gone=~.+", &[]));
    }

    #[test]
    fn an_alternation_is_anchored_as_a_whole() {
        assert!(!says("node=~a|b", &[("node", "ab")]) && !says("node=~a|b", &[("node", "xb")]));
    }

    #[test]
    fn names_may_be_any_text_and_values_may_hold_quotes() {
        assert!(says(r#""größe des topfs"="a \"b\" \\d""#, &[("größe des topfs", r#"a "b" \d"#)]));
    }

    #[test]
    fn errors_carry_the_offending_text() {
        for bad in ["", "node", "=x", r#"node="open"#, r#"node="a"b"#, "node=~("] {
            let error = Matcher::parse(bad).unwrap_err().to_string();
            assert!(error.contains(bad) || error.contains('('), "{error}");
        }
    }
}
