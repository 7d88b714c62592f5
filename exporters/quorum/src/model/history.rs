//! What only time shows: elections between two looks, time without a leader, a log that stands still while others grow.
//!
//! The time is an argument; a look that could not ask anybody adds nothing.

use std::collections::VecDeque;
use std::time::Duration;

use gjallarhorn_service::Timestamp;

use super::input::Input;
use super::view::View;

/// A log is given so long to reach what the furthest had.
const CATCH_UP: Duration = Duration::from_secs(10);
/// How long the furthest index is remembered.
const REMEMBERED: Duration = Duration::from_secs(120);

/// What has been seen since this process started.
#[derive(Clone, Debug, Default)]
pub struct History {
    last: Option<Timestamp>,
    leader: Option<u64>,
    since: Option<Timestamp>,
    term: Option<u64>,
    /// Elections that the term showed since a leader was last confirmed; that leader is then no further one.
    ahead: u64,
    changes: u64,
    leaderless: Duration,
    furthest: VecDeque<(Timestamp, u64)>,
}

impl History {
    /// Notes one look: who leads, and the term on this node's disk if it could be read.
    pub fn note(&mut self, now: Timestamp, view: &View, input: &Input, term: Option<u64>) {
        self.elections(view, term, now);
        let asked = input.peers.iter().any(|peer| peer.up());
        if let Some(last) = self.last
            && asked
            && view.leader.is_none()
        {
            self.leaderless += now.since(last);
        }
        self.last = Some(now);
    }

    /// Notes how far the furthest log is.
    pub fn reached(&mut self, now: Timestamp, index: u64) {
        while self.furthest.front().is_some_and(|(then, _)| now.since(*then) > REMEMBERED) {
            self.furthest.pop_front();
        }
        self.furthest.push_back((now, index));
    }

    /// Whether a log that ended at `index` when it was read at `taken` stands still: the furthest was beyond that ten
    /// seconds earlier.
    #[must_use]
    pub fn stands_still(&self, index: u64, taken: Timestamp) -> bool {
        let old = |then: &Timestamp| taken.monotonic.saturating_sub(then.monotonic) >= CATCH_UP;
        let then = self.furthest.iter().rev().find(|(then, _)| old(then));
        then.is_some_and(|(_, furthest)| index < *furthest)
    }

    fn elections(&mut self, view: &View, term: Option<u64>, now: Timestamp) {
        if let (Some(before), Some(term)) = (self.term, term) {
            let jumps = term.saturating_sub(before);
            self.changes += jumps;
            self.ahead += jumps;
        }
        self.term = term.or(self.term);
        let Some(leader) = view.leader.as_ref().map(|leader| leader.id) else { return };
        if self.leader.is_some_and(|before| before != leader) && self.ahead == 0 {
            self.changes += 1;
        }
        if self.leader != Some(leader) || self.ahead > 0 {
            self.since = Some(now);
        }
        self.leader = Some(leader);
        self.ahead = 0;
    }

    /// Elections seen.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Time without a confirmed leader.
    #[must_use]
    pub fn leaderless(&self) -> Duration {
        self.leaderless
    }

    /// Since when the leader that is confirmed now has been seen leading.
    #[must_use]
    pub fn leader_since(&self, view: &View) -> Option<Timestamp> {
        let current = view.leader.as_ref().map(|leader| leader.id);
        self.since.filter(|_| current.is_some() && current == self.leader)
    }
}
