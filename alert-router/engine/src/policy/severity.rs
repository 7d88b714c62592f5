//! How bad an alert is, read from its label.

use serde::{Deserialize, Serialize};

use crate::webhook::Labels;

/// How bad it is. The order is the order of telling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Nothing to do; never rings.
    Info,
    /// Something to do; the reading of a word the engine does not know, and of none.
    #[default]
    Warning,
    /// Something to do now.
    Critical,
}

impl Severity {
    /// The word for it, lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// What the label `severity` says, with the words other people's rules use.
    pub fn of(labels: &Labels) -> Self {
        match labels.get("severity").map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            Some("critical" | "crit" | "page" | "fatal" | "emergency" | "disaster" | "p1") => Self::Critical,
            Some("info" | "information" | "informational" | "notice" | "none" | "debug" | "low") => Self::Info,
            _ => Self::Warning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_and_no_word_are_warnings() {
        let of = |word: &str| Severity::of(&[("severity".to_owned(), word.to_owned())].into());
        assert_eq!([of("critical"), of(" PAGE ")], [Severity::Critical; 2]);
        assert_eq!([of("none"), of("info")], [Severity::Info; 2]);
        assert_eq!([of("warning"), of("kritisch"), of(""), Severity::of(&Labels::new())], [Severity::Warning; 4]);
    }
}
