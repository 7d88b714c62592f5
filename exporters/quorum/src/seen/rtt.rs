//! The slowest answer of each peer within the last minute: a spike between two scrapes is not lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gjallarhorn_service::Timestamp;

const WINDOW: Duration = Duration::from_secs(60);

/// Times of answers by peer.
#[derive(Debug, Default)]
pub(crate) struct Slowest(BTreeMap<String, VecDeque<(Timestamp, Duration)>>);

impl Slowest {
    /// Notes an answer.
    pub(crate) fn note(&mut self, peer: &str, at: Timestamp, took: Duration) {
        self.0.entry(peer.to_owned()).or_default().push_back((at, took));
    }

    /// Lets go of what is older than a minute.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        for times in self.0.values_mut() {
            times.retain(|(at, _)| now.since(*at) <= WINDOW);
        }
        self.0.retain(|_, times| !times.is_empty());
    }

    /// The slowest answer of a peer.
    pub(crate) fn of(&self, peer: &str) -> Option<Duration> {
        self.0.get(peer)?.iter().map(|(_, took)| *took).max()
    }
}
