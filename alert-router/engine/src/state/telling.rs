//! What one target was told of one group: the told side.

use serde::{Deserialize, Serialize};

use crate::policy::Severity;
use crate::time::Timestamp;

/// What a target was told of an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Telling {
    /// The episode all this is about.
    pub(crate) episode: u64,
    /// The group's revision the target was last shown in full; 0 is never.
    pub(crate) told: u64,
    /// The group's revision up to which it was rung for, or need not be.
    pub(crate) rang: u64,
    /// The worst severity it was told.
    pub(crate) severity: Option<Severity>,
    /// When a new message was last posted.
    pub(crate) told_at: Option<Timestamp>,
    /// The end was told.
    pub(crate) over: bool,
    /// The living message.
    pub(crate) card: Option<Card>,
    /// The seed of the mail that began the thread.
    pub(crate) root: Option<String>,
    pub(crate) trouble: Trouble,
}

/// A message that can be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) link: Option<String>,
    pub(crate) posted: Timestamp,
    /// When it was last posted or edited.
    pub(crate) touched: Timestamp,
}

/// What went wrong while telling, since the last time it went well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) tries: u32,
    /// Failures while the lane itself was well: the message may be at fault.
    pub(crate) alone: u32,
    pub(crate) first_failed: Option<Timestamp>,
    pub(crate) last_failed: Option<Timestamp>,
    pub(crate) not_before: Timestamp,
    pub(crate) reason: Option<String>,
    /// How an earlier attempt to post ended is not known.
    pub(crate) possibly_repeated: bool,
    /// A digest with it was refused: it is told by itself.
    pub(crate) single: bool,
    /// Its full form was refused: it is told as a bare line.
    pub(crate) plain: bool,
}
