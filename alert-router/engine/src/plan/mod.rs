//! What to tell a target next.

use serde::{Deserialize, Serialize};

use crate::names::{AlertKey, AttemptId, GroupId};
use crate::policy::{Medium, Severity};
use crate::time::Timestamp;

/// What a target's lane should do.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Tell this: journal [`crate::Event::Started`], apply it, render, send, journal and apply the answer.
    Send(Box<Send>),
    /// Nothing before then; ask again at that time, or after any event.
    WaitUntil(Timestamp),
    /// Nothing, until an event comes. Also the answer while a send is out, and of a stopped or unknown target.
    Idle,
}

/// One thing to tell one target, decided. It names what it is about; [`crate::Engine::render`] finds the words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// This try.
    pub attempt: AttemptId,
    /// What kind of target it is for.
    pub medium: Medium,
    /// What kind of message it is.
    pub kind: Kind,
    /// The groups it is about; several only in a digest.
    pub about: Vec<About>,
    /// The message to edit; `None` posts a new one.
    pub edits: Option<String>,
    /// The worst severity it tells of.
    pub severity: Severity,
    /// When it was decided.
    pub at: Timestamp,
    /// When that which it tells was accepted.
    pub since: Timestamp,
    /// Why it is late, when it is and a failure is known: the reason of the last [`crate::Outcome::Retry`].
    pub held_up: Option<String>,
    /// It may have arrived before: an earlier attempt's end is not known.
    pub possibly_repeated: bool,
    /// The same for every try to tell the same thing: mail's Message-ID, a bot's nonce.
    pub seed: String,
}

/// A group within a send, at the state in which it was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The group.
    pub group: GroupId,
    /// Its episode.
    pub episode: u64,
    /// The revision that will have been told.
    pub revision: u64,
    /// The alerts that will have been told and were not before.
    pub alerts: Vec<AlertKey>,
}

/// The kinds of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A group fires: a new card, rings.
    Fire,
    /// The group became worse: a short message, rings.
    Rise,
    /// A critical alert joined, or fires again: a short message, rings.
    Join,
    /// It is still so: a short message, rings.
    Reminder,
    /// Something changed: the card is edited, silent.
    Edit,
    /// The card is missing: it is posted anew, silent.
    Card,
    /// It is over: a short message (mail: a reply in the thread), silent.
    Over,
    /// It fired and was over before it could be told.
    ToldLate,
    /// Several groups in one message.
    Digest(Digest),
}

/// Why several groups are told in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Digest {
    /// Too many began at once.
    Storm,
    /// They were already so when the target was new.
    FirstStart,
    /// Too many ended at once.
    Overs,
    /// Too many changed at once.
    Changes,
    /// Infos are told together.
    Infos,
}
