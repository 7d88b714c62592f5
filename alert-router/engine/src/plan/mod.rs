//! What to tell a target next.
//!
//! `want` is the difference between the desired and the told side of one group; `next` chooses among all of a
//! target's wants; `compose` makes a [`Send`] of the choice; `retry` holds the schedules. Words are `render`'s.

mod compose;
mod next;
pub(crate) mod retry;
mod want;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::names::{AlertKey, AttemptId, GroupId, TargetName};
use crate::policy::{Medium, Policy, Severity};
use crate::state::{Group, Lane, State};
use crate::time::Timestamp;

pub(crate) use next::next;
pub(crate) use want::want;

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
    /// Whether it carries the card, and becomes the living message of its group.
    pub card: bool,
    /// Its full form was refused: the bare line only.
    pub plain: bool,
    /// Something in it failed before.
    pub retried: bool,
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
    /// The worst severity that fires in it, or did.
    pub severity: Severity,
    /// The alerts that will have been told and were not before.
    pub alerts: Vec<AlertKey>,
    /// What a short message is about: the alerts that joined. Those of which it names only some are told in full by
    /// the card that follows.
    pub news: Vec<AlertKey>,
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

impl Kind {
    /// The kind as a person says it in a ledger.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Fire => "new message, it fires",
            Self::Rise => "new message, it became worse",
            Self::Join => "new message, more joined",
            Self::Reminder => "new message, a reminder",
            Self::Edit => "message edited",
            Self::Card => "message posted anew",
            Self::Over => "new message, it is over",
            Self::ToldLate => "new message, it was over before it could be told",
            Self::Digest(Digest::Storm) => "one message for many that began",
            Self::Digest(Digest::FirstStart) => "one message for what was already wrong",
            Self::Digest(Digest::Overs) => "one message for many that ended",
            Self::Digest(Digest::Changes) => "one message for many that changed",
            Self::Digest(Digest::Infos) => "one message for infos",
        }
    }
}

/// Whether every target knows everything of a group.
pub(crate) fn settled(group: &Group, policy: &Policy, lanes: &BTreeMap<TargetName, Lane>) -> bool {
    group.tellings.keys().all(|target| lanes.get(target).is_none_or(|lane| want(group, target, policy, lane).is_none()))
}

/// When each thing that waits to be told was accepted.
pub(crate) fn waiting(state: &State, policy: &Policy, target: &TargetName, lane: &Lane) -> Vec<Timestamp> {
    let wanted = next::candidates(state, policy, target, lane);
    wanted.into_iter().map(|candidate| candidate.want.since).collect()
}
