//! A group of alerts: the desired side. An episode begins when something fires and ends when nothing does.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Instance, Telling};
use crate::names::{AlertKey, DeliveryId, TargetName};
use crate::policy::Severity;
use crate::time::Timestamp;
use crate::webhook::Labels;

/// A group of alerts as its sender formed it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) source: String,
    pub(crate) receiver: String,
    pub(crate) labels: Labels,
    pub(crate) external_url: String,
    /// Which episode this is, from 1. Everything below is of this episode, except that revisions never go back.
    pub(crate) episode: u64,
    pub(crate) open: bool,
    pub(crate) opened: Timestamp,
    pub(crate) closed: Option<Timestamp>,
    /// The worst severity that fired.
    pub(crate) peak: Severity,
    /// What mails are called; fixed when the episode begins, so that they thread.
    pub(crate) subject: String,
    pub(crate) alerts: Vec<Instance>,
    /// Alerts there was no room for.
    pub(crate) dropped: u64,
    /// Alerts the sender left out.
    pub(crate) truncated: u64,
    /// Rises with every change, for ever.
    pub(crate) revision: u64,
    /// The revision at which something last began or ended.
    pub(crate) real: u64,
    /// The revision at which the episode was last opened again after an end not everyone had been told.
    pub(crate) reopened: u64,
    /// The revision at which a reminder last became due.
    pub(crate) reminded: u64,
    pub(crate) reminded_at: Option<Timestamp>,
    pub(crate) reminder: Duration,
    pub(crate) changed: Timestamp,
    /// When the sender last spoke of it.
    pub(crate) heard: Timestamp,
    /// The last webhook that changed it.
    pub(crate) delivery: DeliveryId,
    pub(crate) timeline: Vec<Moment>,
    /// Entries there was no room for.
    pub(crate) forgotten_moments: u64,
    pub(crate) tellings: BTreeMap<TargetName, Telling>,
}

/// An entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) words: String,
}

/// The longest timeline entry, in characters.
const WORDS: usize = 80;

impl Group {
    /// What fires, as far as is known.
    pub(crate) fn firing(&self) -> impl Iterator<Item = &Instance> {
        self.alerts.iter().filter(|instance| instance.firing)
    }

    /// The worst that fires; while nothing known does, the worst that did.
    pub(crate) fn severity(&self) -> Severity {
        self.firing().map(|instance| instance.severity).max().unwrap_or(self.peak)
    }

    /// What was told to a target in this episode; nothing yet, if that was an earlier one.
    pub(crate) fn telling(&self, target: &TargetName) -> Option<&Telling> {
        self.tellings.get(target).filter(|telling| telling.episode == self.episode)
    }

    /// What was told to a target in this episode, to be changed.
    pub(crate) fn telling_mut(&mut self, target: &TargetName) -> &mut Telling {
        let episode = self.episode;
        let telling = self.tellings.entry(target.clone()).or_default();
        if telling.episode != episode {
            *telling = Telling { episode, ..Telling::default() };
        }
        telling
    }

    /// The firings a target has not been told of in full, at the group's present revision.
    pub(crate) fn untold(&self, told: u64) -> Vec<AlertKey> {
        self.alerts.iter().filter(|instance| instance.fired > told).map(|instance| instance.key.clone()).collect()
    }

    /// A change that a person must be told: something began or ended.
    pub(crate) fn real_change(&mut self, at: Timestamp) {
        self.soft_change(at);
        self.real = self.revision;
    }

    /// A change of words or numbers.
    pub(crate) fn soft_change(&mut self, at: Timestamp) {
        self.revision += 1;
        self.changed = at;
    }

    /// Adds to the timeline; the oldest entries give way, counted.
    pub(crate) fn moment(&mut self, at: Timestamp, words: &str, bound: usize) {
        let words = words.chars().take(WORDS).collect();
        self.timeline.push(Moment { at, words });
        while self.timeline.len() > bound.max(1) {
            self.timeline.remove(0);
            self.forgotten_moments += 1;
        }
    }

    /// How long the episode lasted, or has lasted at `now`, by the sender's clock.
    pub(crate) fn lasted(&self, now: Timestamp) -> Duration {
        self.ended().unwrap_or(now).since(self.began())
    }

    /// When the first of its alerts began.
    pub(crate) fn began(&self) -> Timestamp {
        self.alerts.iter().map(Instance::began).min().unwrap_or(self.opened)
    }

    /// When the last of its alerts ended, once the episode is over.
    pub(crate) fn ended(&self) -> Option<Timestamp> {
        let closed = self.closed?;
        self.alerts.iter().filter_map(|instance| instance.ended).max().or(Some(closed))
    }
}
