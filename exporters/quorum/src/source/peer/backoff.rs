//! How long a peer that failed is left alone. Pure.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use gjallarhorn_service::Timestamp;

/// After the first failure. Shorter than a poll's interval, so that one lost packet is forgotten at the next round.
const FIRST: Duration = Duration::from_secs(1);
/// However often it failed: a peer that returns is seen within this and a quarter.
const LONGEST: Duration = Duration::from_secs(10);

/// The failures of a peer in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    since: Timestamp,
    pause: Duration,
}

impl Backoff {
    /// It failed at `now`. The pause doubles with every failure, and is up to a quarter longer by `jitter` (0 to 1), so
    /// that not all who wait for a node knock at the same moment.
    pub(super) fn failed(&mut self, now: Timestamp, jitter: f64) {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.pause = doubled.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0);
        self.failures = self.failures.saturating_add(1);
        self.since = now;
    }

    /// It answered.
    pub(super) fn succeeded(&mut self) {
        *self = Backoff::default();
    }

    /// Whether it may be visited at `now`.
    pub(super) fn over(&self, now: Timestamp) -> bool {
        self.failures == 0 || now.since(self.since) >= self.pause
    }

    /// A number from 0 to 1 that differs from peer to peer, from failure to failure, and by `seed` from asker to asker.
    pub(super) fn jitter(&self, seed: u64, address: &str) -> f64 {
        let mut hasher = DefaultHasher::new();
        (seed, address, self.failures).hash(&mut hasher);
        let high = u32::try_from(hasher.finish() >> 32).unwrap_or(0);
        f64::from(high) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Timestamp {
        Timestamp::at(Duration::ZERO, Duration::from_millis(milliseconds))
    }

    /// Milliseconds until the next visit, after each of eight failures at 0.
    fn pauses(jitter: f64) -> Vec<u64> {
        let mut backoff = Backoff::default();
        let pause = |_| {
            backoff.failed(at(0), jitter);
            (0..20_000).find(|moment| backoff.over(at(*moment))).unwrap()
        };
        (0..8).map(pause).collect()
    }

    #[test]
    fn pauses_grow_to_a_limit_and_a_quarter() {
        assert_eq!(pauses(0.0), [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]);
        assert_eq!(pauses(1.0), [1250, 2500, 5000, 10_000, 12_500, 12_500, 12_500, 12_500]);
        assert_eq!(pauses(f64::INFINITY), pauses(1.0));
    }

    #[test]
    fn an_answer_ends_it() {
        let mut backoff = Backoff::default();
        assert!(backoff.over(at(0)));
        backoff.failed(at(0), 0.0);
        assert!(!backoff.over(at(999)));
        backoff.succeeded();
        assert!(backoff.over(at(0)));
    }

    #[test]
    fn those_who_wait_for_one_peer_do_not_knock_together() {
        let of = |seed| Backoff::default().jitter(seed, "10.0.0.1:19001");
        let all: Vec<_> = (0..100).map(of).collect();
        assert!(all.iter().all(|jitter| (0.0..=1.0).contains(jitter)));
        let early = all.iter().filter(|jitter| **jitter < 0.5).count();
        assert!((30..70).contains(&early), "{early} of 100 in the first half");
        assert_eq!(of(3).to_bits(), of(3).to_bits());
    }
}
