//! What is wrong now, for a page that a person looks at: one line for each trouble, nothing of who was told.

use crate::policy::Severity;
use crate::state::State;
use crate::time::Timestamp;
use crate::words;

use super::line;

/// One group that fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its worst severity.
    pub severity: Severity,
    /// Its line with the mark, as plain text.
    pub line: String,
    /// When it began.
    pub since: Timestamp,
}

/// Every group that fires (a heartbeat is none), the worst first, then the oldest.
pub(crate) fn troubles(state: &State) -> Vec<Trouble> {
    let open = state.groups.values().filter(|group| group.open);
    let mut troubles: Vec<Trouble> = open
        .map(|group| Trouble {
            severity: group.severity(),
            line: line::marked(line::group_mark(group), &words::group_body(group)),
            since: group.began(),
        })
        .collect();
    troubles.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.since.cmp(&b.since)));
    troubles
}
