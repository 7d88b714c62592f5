//! Keeps this address far away from Discord's ban: 10,000 answers of 401, 403 or 429 in 10 minutes.

use std::collections::VecDeque;
use std::time::Duration;

/// Discord's window.
pub const WINDOW: Duration = Duration::from_secs(600);
/// The most invalid requests this process makes in one [`WINDOW`]: a twentieth of what bans the address, which other
/// programs may share.
pub const MOST: usize = 500;

/// Counts invalid requests in a sliding window.
#[derive(Debug, Default)]
pub struct Breaker {
    times: VecDeque<Duration>,
}

impl Breaker {
    /// One more answer that counts against this address.
    pub fn invalid(&mut self, now: Duration) {
        self.times.push_back(now);
        while self.times.len() > MOST {
            self.times.pop_front();
        }
    }

    /// No request before this moment; zero while the circuit is closed.
    #[must_use]
    pub fn closes_at(&self) -> Duration {
        match self.times.front() {
            Some(first) if self.times.len() >= MOST => *first + WINDOW,
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_the_most_in_any_window() {
        let mut breaker = Breaker::default();
        let mut now = Duration::from_secs(1);
        let mut times = Vec::new();
        for _ in 0..3 * MOST {
            now = now.max(breaker.closes_at()) + Duration::from_millis(1);
            breaker.invalid(now);
            times.push(now);
        }
        let worst =
            times.iter().map(|start| times.iter().filter(|t| **t >= *start && **t < *start + WINDOW).count()).max();
        assert_eq!(worst, Some(MOST));
    }

    #[test]
    fn closed_until_the_threshold() {
        let mut breaker = Breaker::default();
        (1..MOST).for_each(|n| breaker.invalid(Duration::from_secs(n as u64)));
        assert_eq!(breaker.closes_at(), Duration::ZERO);
        breaker.invalid(Duration::from_secs(500));
        assert_eq!(breaker.closes_at(), Duration::from_secs(1) + WINDOW);
    }
}
