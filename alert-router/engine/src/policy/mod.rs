//! Who is told what, and how loudly: configuration the shell has read and checked.

mod matcher;
mod route;
mod severity;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::names::TargetName;
use crate::time::Zone;

pub use matcher::{Matcher, MatcherError};
pub use route::{Route, Way};
pub use severity::Severity;

/// Everything configured about deciding. [`Policy::default`] has no target.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whom to tell, by name.
    pub targets: BTreeMap<TargetName, Target>,
    /// Which alerts go to which targets. The default root leads to every target.
    pub routes: Route,
    /// After how long a sender's repeat becomes a reminder, unless a route says otherwise.
    pub reminder: Duration,
    /// After how long a first telling is called late.
    pub late_after: Duration,
    /// How long a new target waits to gather what was already wrong into one message.
    pub settle: Duration,
    /// How long infos are gathered into one message.
    pub info_every: Duration,
    /// With more new groups waiting than this, they are told in one message.
    pub storm: usize,
    /// When to give up on a target that does not take a message.
    pub give_up_after: Duration,
    /// After how long without a word a group is put away.
    pub forget_after: Duration,
    /// How long a source's watchdog may be silent; `None` expects no watchdog.
    pub watchdog_after: Option<Duration>,
    /// The reader's time zone.
    pub zone: Zone,
    /// How much is kept.
    pub bounds: Bounds,
}

/// One target.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// What kind of messages it takes.
    pub medium: Medium,
    /// Whom a new message mentions, by severity. Infos never mention.
    pub mentions: BTreeMap<Severity, Mentions>,
}

/// The kinds of targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Medium {
    /// A Discord channel.
    #[default]
    Discord,
    /// One mail address.
    Mail,
    /// The router's own page: planned like Discord, rendered for both.
    Preview,
}

/// Discord ids that may ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentions {
    /// Role ids.
    pub roles: Vec<u64>,
    /// User ids.
    pub users: Vec<u64>,
}

/// How much is kept. What is over a bound is counted and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Groups, open and lately closed.
    pub groups: usize,
    /// Alerts of one group.
    pub alerts: usize,
    /// Timeline entries of one episode.
    pub timeline: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { groups: 4096, alerts: 2000, timeline: 64 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        Self {
            targets: BTreeMap::new(),
            routes: Route::default(),
            reminder: Duration::from_secs(4 * HOUR),
            late_after: Duration::from_secs(2 * MINUTE),
            settle: Duration::from_secs(90),
            info_every: Duration::from_secs(HOUR),
            storm: 10,
            give_up_after: Duration::from_secs(24 * HOUR),
            forget_after: Duration::from_secs(120 * HOUR),
            watchdog_after: None,
            zone: Zone::default(),
            bounds: Bounds::default(),
        }
    }
}
