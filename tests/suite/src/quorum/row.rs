//! One node that was asked about and then stopped: what was answered, what happened, and whether that was a fault.

use std::collections::BTreeMap;
use std::fmt;

/// What `safe-to-stop` answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    /// Exit code 0.
    Yes,
    /// Exit code 1.
    No,
    /// Exit code 3.
    CannotTell,
}

impl Say {
    /// The answer of an exit code.
    #[must_use]
    pub fn of(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Yes),
            1 => Some(Self::No),
            3 => Some(Self::CannotTell),
            _ => None,
        }
    }

    /// The status of the answer over HTTP: `curl -f` succeeds for a yes alone.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Yes => 200,
            Self::No => 409,
            Self::CannotTell => 503,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// A node of a state.
#[derive(Clone, Debug)]
pub struct Row {
    /// The state.
    pub scene: &'static str,
    /// The node.
    pub node: String,
    /// What it was when it was asked about: `leader`, `voter`, `standby`, `spare`, `no member`, and what was done to it.
    pub part: String,
    /// The answers, by the host whose exporter gave them.
    pub said: BTreeMap<String, Say>,
    /// Whether the cluster commits after the node was stopped as a service is.
    pub commits: bool,
    /// Whether it commits after the node was killed; looked at only where a "no" met a cluster that commits after a stop.
    pub commits_after_crash: Option<bool>,
}

impl Row {
    /// Why an answer was wrong. A "yes" is wrong when the cluster stops; a "no" when it goes on even after a crash: who leaves
    /// in good order may hand over, and nothing is built on that. `vague` says why "cannot tell" is honest here.
    #[must_use]
    pub fn fault(&self, vague: &str) -> Vec<String> {
        let goes_on = self.commits && self.commits_after_crash.unwrap_or(true);
        let wrong = self.said.iter().filter_map(|(host, say)| match say {
            Say::Yes if !self.commits => Some(format!("{host} says yes, and the cluster commits no more")),
            Say::No if goes_on => Some(format!("{host} says no, and the cluster goes on")),
            Say::CannotTell if vague.is_empty() => Some(format!("{host} cannot tell, and nothing says why")),
            _ => None,
        });
        wrong.map(|what| format!("{}, {}: {what}", self.scene, self.node)).collect()
    }

    /// Who promised that it may be stopped, if anybody did.
    #[must_use]
    pub fn promise(&self) -> Option<String> {
        let (host, _) = self.said.iter().find(|(_, say)| **say == Say::Yes)?;
        Some(format!("{}, {}: {host} promises a stop on a voter that limps", self.scene, self.node))
    }

    /// The answers in few words: `yes`, or `no ×2, cannot tell ×1`.
    #[must_use]
    pub fn answers(&self) -> String {
        let mut counts: BTreeMap<Say, usize> = BTreeMap::new();
        for say in self.said.values() {
            *counts.entry(*say).or_default() += 1;
        }
        match counts.len() {
            1 => counts.keys().map(|say| say.word()).collect(),
            _ => counts.iter().map(|(say, count)| format!("{} ×{count}", say.word())).collect::<Vec<_>>().join(", "),
        }
    }

    /// What happened in few words.
    #[must_use]
    pub fn happened(&self) -> &'static str {
        match (self.commits, self.commits_after_crash) {
            (false, _) => "commits no more",
            (true, Some(false)) => "commits after a stop, not after a crash",
            (true, _) => "commits",
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "| {} | {} ({}) | {} | {} |", self.scene, self.node, self.part, self.answers(), self.happened())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(said: &[Say], commits: bool, commits_after_crash: Option<bool>) -> Row {
        let said = said.iter().enumerate().map(|(number, say)| (format!("pi-{number}"), *say)).collect();
        Row { scene: "a state", node: "pi-1".into(), part: "voter".into(), said, commits, commits_after_crash }
    }

    #[test]
    fn a_wrong_yes_is_a_fault_and_so_is_a_wrong_no() {
        assert_eq!(row(&[Say::Yes, Say::No], false, None).fault("").len(), 1);
        assert_eq!(row(&[Say::Yes, Say::No], true, Some(true)).fault("").len(), 1);
        assert!(row(&[Say::Yes], true, None).fault("").is_empty());
        assert!(row(&[Say::No], false, None).fault("").is_empty());
    }

    #[test]
    fn a_no_is_right_where_only_a_stop_in_good_order_is_survived() {
        assert!(row(&[Say::No], true, Some(false)).fault("").is_empty());
    }

    #[test]
    fn cannot_tell_needs_a_reason() {
        assert_eq!(row(&[Say::CannotTell], true, None).fault("").len(), 1);
        assert!(row(&[Say::CannotTell], true, None).fault("cut off").is_empty());
    }

    #[test]
    fn one_promise_is_found() {
        assert!(row(&[Say::CannotTell, Say::Yes], true, None).promise().is_some_and(|words| words.contains("pi-1")));
        assert_eq!(row(&[Say::CannotTell, Say::No], false, None).promise(), None);
    }

    #[test]
    fn answers_that_agree_are_said_once() {
        assert_eq!(row(&[Say::Yes, Say::Yes], true, None).answers(), "yes");
        assert_eq!(row(&[Say::Yes, Say::CannotTell], true, None).answers(), "yes ×1, cannot tell ×1");
    }
}
