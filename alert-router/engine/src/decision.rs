//! What the engine decided and why: the rows of the ledger.

use serde::{Deserialize, Serialize};

use crate::names::{AlertKey, GroupId, TargetName};

/// One decision. What it is about is left out where it does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was decided.
    pub what: What,
    /// The group it is about.
    pub group: Option<GroupId>,
    /// The target it is about.
    pub target: Option<TargetName>,
    /// The alerts it is about.
    pub alerts: Vec<AlertKey>,
    /// Why, in words for a person. Never empty.
    pub reason: String,
}

/// The kinds of decisions; a closed set, so that it may be a metric's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum What {
    /// A group began to fire: an episode began.
    Opened,
    /// An alert fires that did not before.
    Fired,
    /// An alert fires again that had ended in this episode.
    Refired,
    /// An alert ended while others of its group still fire.
    Resolved,
    /// Nothing fires any more: the episode ended.
    Closed,
    /// The sender called the group resolved, and it stays open.
    KeptOpen,
    /// Nothing in the webhook was new.
    Duplicate,
    /// Something in the webhook was left aside.
    Ignored,
    /// A known group came under a new key: the sender's routes were edited.
    Adopted,
    /// No route leads to a target.
    Unrouted,
    /// A bound was reached and something was not kept.
    Dropped,
    /// A group had not been heard of for so long that it was put away.
    Forgotten,
    /// The sender's watchdog was heard.
    Heartbeat,
    /// A source went silent.
    SenderSilent,
    /// A silent source came back.
    SenderBack,
    /// Bytes could not be read as a webhook.
    Unreadable,
    /// A reminder became due.
    Reminded,
    /// A send was started.
    Started,
    /// A target was told.
    Told,
    /// A send failed and will be tried again.
    Postponed,
    /// How a send ended is not known, and it will be tried again.
    Repeats,
    /// A target will not be told this; it is kept as a dead letter.
    DeadLetter,
    /// A message was removed at the peer.
    CardLost,
    /// A target was stopped.
    TargetStopped,
    /// A stopped target was started again.
    TargetResumed,
}
