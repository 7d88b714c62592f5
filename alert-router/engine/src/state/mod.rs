//! What every target should have been told, and what it was told.
//!
//! [`group`] is the desired side, [`telling`] the told side, [`lane`] what is known of a target itself. [`absorb`]
//! brings webhooks in, [`answer`] brings outcomes in, [`clock`] lets time pass. Nothing here chooses what to say next
//! (that is `plan`) or in which words (`render`).

pub(crate) mod absorb;
pub(crate) mod answer;
mod bound;
mod changes;
mod checkpoint;
pub(crate) mod clock;
pub(crate) mod group;
pub(crate) mod instance;
pub(crate) mod lane;
mod log;
mod merge;
pub(crate) mod own;
mod remind;
pub(crate) mod telling;
mod texts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::names::{GroupId, TargetName};
use crate::policy::Policy;
use crate::time::Timestamp;

pub use checkpoint::RestoreError;
pub(crate) use group::Group;
pub(crate) use instance::Instance;
pub(crate) use lane::Lane;
pub(crate) use log::Log;
pub(crate) use telling::Telling;
pub(crate) use texts::Texts;

/// Everything the engine remembers. Plain data: two equal histories make two equal states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// When the first event came; what ended before was never ours to tell.
    pub(crate) born: Option<Timestamp>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    /// Keys under which a known group came after its sender's routes were edited.
    pub(crate) aliases: BTreeMap<GroupId, GroupId>,
    pub(crate) lanes: BTreeMap<TargetName, Lane>,
    pub(crate) sources: BTreeMap<String, Source>,
    /// Groups that could not be kept because the table was full, since the last one that could.
    pub(crate) turned_away: u64,
}

/// What is known of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) heard: Timestamp,
    /// When its watchdog alert was last seen firing.
    pub(crate) watchdog: Option<Timestamp>,
    pub(crate) silent: bool,
}

impl State {
    /// Makes a lane for each target that has none. A lane remembers when it began: what was wrong before is told
    /// gathered, so that neither a first start nor a new target floods anyone.
    pub(crate) fn open_lanes(&mut self, at: Timestamp, policy: &Policy) {
        self.born.get_or_insert(at);
        for target in policy.targets.keys() {
            self.lanes.entry(target.clone()).or_insert_with(|| Lane::born(at));
        }
    }
}
