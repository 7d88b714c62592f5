//! The role on recorded machines and on machines that change.

mod hung;
mod pages;
mod swap;
mod trouble;

use std::path::Path;
use std::time::Duration;

use gjallarhorn_metrics::encode;

use super::*;
use crate::tests::{Machine, recorded};

/// A role with its polls in hand instead of on threads.
pub(crate) struct Stage {
    pub(crate) role: Arc<Node>,
    polls: Vec<Poll>,
}

impl Stage {
    pub(crate) fn new(root: &Path, config: &Config) -> Stage {
        let role = Arc::new(Node::new(config, root, &Health::new("test"), &|_| None));
        let polls = Arc::clone(&role).sources();
        Stage { role, polls }
    }

    /// Every background poll has had a round.
    pub(crate) fn rounds(&mut self, now: Timestamp) {
        for poll in &mut self.polls {
            let _ = (poll.run)(now);
        }
    }

    /// One round of one poll.
    fn round(&mut self, source: &str, now: Timestamp) -> Result<(), Failure> {
        let poll = self.polls.iter_mut().find(|poll| poll.source == source).unwrap();
        (poll.run)(now)
    }

    /// The page at `now`; the list of swap is read, as a scrape does.
    pub(crate) fn page(&self, now: Timestamp) -> String {
        let fresh = self.role.fresh(now).samples;
        let kept = self.role.kept(now);
        let snapshots: Vec<&Snapshot> = std::iter::once(&fresh).chain(kept.iter().map(AsRef::as_ref)).collect();
        assert_eq!(snapshots.iter().map(|one| one.dropped()).sum::<usize>(), 0, "samples were dropped");
        let mut page = String::new();
        encode(TABLE, &snapshots, &mut page);
        page
    }

    /// The state of a source or of an item that failed, as it is told.
    fn state_of(&self, source: &str, item: &str) -> Option<&'static str> {
        let rows = self.role.shared.health.sources();
        rows.into_iter().find(|row| row.source == source && row.item == item).map(|row| row.state)
    }
}

/// Some moment.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_790_100_000 + seconds), Duration::from_secs(10_000 + seconds))
}

/// The value of one series on a page.
fn value<'p>(page: &'p str, series: &str) -> Option<&'p str> {
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

/// The outcome of one check on a page.
fn check<'p>(page: &'p str, check: &str) -> Option<&'p str> {
    value(page, &format!("node_conformity_ok{{check=\"{check}\"}}"))
}
