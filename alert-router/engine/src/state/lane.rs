//! What is known of a target itself, apart from what it was told.

use serde::{Deserialize, Serialize};

use crate::plan::Send;
use crate::time::Timestamp;

/// A target's lane: one send is out at a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lane {
    /// When the target was first known. What began before is told gathered.
    pub(crate) born: Timestamp,
    /// The number of the last attempt.
    pub(crate) attempts: u64,
    /// What is out.
    pub(crate) in_flight: Option<Box<Send>>,
    /// The last send was one that had failed before: the next turn is a fresh one's.
    pub(crate) backlog_had_its_turn: bool,
    /// Failures in a row.
    pub(crate) failures: u32,
    pub(crate) not_before: Timestamp,
    /// Why it last failed, until it goes well again.
    pub(crate) reason: Option<String>,
    /// When it last went well after a failure: what waited out the outage need not wait longer.
    pub(crate) recovered: Option<Timestamp>,
    /// Why it was stopped.
    pub(crate) stopped: Option<String>,
}

impl Lane {
    /// A lane of a target first known at `born`.
    pub(crate) fn born(born: Timestamp) -> Self {
        Self { born, ..Self::default() }
    }
}
