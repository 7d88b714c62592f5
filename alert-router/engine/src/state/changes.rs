//! What a webhook changed in a group, gathered for the timeline and the ledger.

use std::collections::BTreeMap;

use super::Group;
use crate::decision::What;
use crate::names::AlertKey;
use crate::time::Timestamp;
use crate::words;

/// What a webhook changed, by kind.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) of: BTreeMap<Change, Vec<AlertKey>>,
    /// Annotations or values differ.
    pub(super) words: bool,
    /// A firing alert found no room.
    pub(super) unkept_firing: bool,
    /// An episode began with it.
    pub(super) opened: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Fired,
    Refired,
    Resolved,
    Old,
    Before,
    Dropped,
}

impl Change {
    pub(super) const fn in_words(self) -> (What, &'static str) {
        match self {
            Self::Fired => (What::Fired, "fires and did not before"),
            Self::Refired => (What::Refired, "fires again"),
            Self::Resolved => (What::Resolved, "the sender says it has ended"),
            Self::Old => (What::Ignored, "older than what is known of the same alert"),
            Self::Before => (What::Ignored, "over before this router knew of it"),
            Self::Dropped => (What::Dropped, "the group is full; counted, not listed"),
        }
    }
}

impl Changes {
    /// Whether something began or ended.
    pub(super) fn real(&self) -> bool {
        [Change::Fired, Change::Refired, Change::Resolved].iter().any(|change| self.of.contains_key(change))
    }

    /// Writes the timeline: a few by name, many as a count.
    pub(super) fn moments(&self, group: &mut Group, at: Timestamp, bound: usize) {
        const NAMED: usize = 2;
        for (change, ending) in [(Change::Fired, ""), (Change::Refired, " again"), (Change::Resolved, " over")] {
            let Some(keys) = self.of.get(&change) else { continue };
            if keys.len() > NAMED {
                let ending = if ending.is_empty() { " began" } else { ending };
                group.moment(at, &format!("{} alerts{ending}", keys.len()), bound);
                continue;
            }
            for key in keys {
                let clause = group.alerts.iter().find(|known| known.key == *key).map(words::what).unwrap_or_default();
                group.moment(at, &format!("{clause}{ending}"), bound);
            }
        }
    }
}
