//! The router's clock: it follows the machine's, but never jumps.
//!
//! A Raspberry Pi has no clock chip: it may boot in 1970 and be set right minutes later, and a wrong time server can
//! move it by years. If the engine followed such a jump, everything that waits would be given up as a day old. So the
//! time since start is the monotonic one; only small differences are taken over, and a restart takes over the rest.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gjallarhorn_engine::Timestamp;
use gjallarhorn_service::clock::Timestamp as Reading;

/// A difference up to this is the slow drift of a clock, or a leap second, and is followed.
const DRIFT_MS: i64 = 60_000;
/// How far the journal's newest time may be ahead of the clock and still be believed.
const AHEAD_MS: i64 = 24 * 3_600_000;

/// Reads the machine's clocks and gives steady time.
#[derive(Debug)]
pub struct Clock {
    offset_ms: AtomicI64,
    last_ms: AtomicI64,
}

impl Clock {
    /// A clock that starts at the machine's time, or at the newest time of the journal if that is a little later: time
    /// must not run backwards over a restart.
    #[must_use]
    pub fn start(newest_ms: i64) -> Self {
        Self::start_at(Reading::now(), newest_ms)
    }

    fn start_at(reading: Reading, newest_ms: i64) -> Self {
        let wall = ms(reading.unix);
        let ahead = newest_ms.saturating_sub(wall);
        let start = if (1..=AHEAD_MS).contains(&ahead) { newest_ms } else { wall };
        Clock { offset_ms: AtomicI64::new(start - ms(reading.monotonic)), last_ms: AtomicI64::new(start) }
    }

    /// Now, for the engine.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.read(Reading::now())
    }

    /// Now, on the clock that no one can set: for waits.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        Reading::now().monotonic
    }

    /// Now, as the machine believes it: for the date of a mail.
    #[must_use]
    pub fn wall(&self) -> Duration {
        Reading::now().unix
    }

    fn read(&self, reading: Reading) -> Timestamp {
        let steady = ms(reading.monotonic).saturating_add(self.offset_ms.load(Ordering::Relaxed));
        let difference = ms(reading.unix).saturating_sub(steady);
        let followed = if difference.abs() < DRIFT_MS { difference } else { 0 };
        self.offset_ms.fetch_add(followed, Ordering::Relaxed);
        let now = steady.saturating_add(followed);
        Timestamp(self.last_ms.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(unix: u64, monotonic: u64) -> Reading {
        Reading::at(Duration::from_secs(unix), Duration::from_secs(monotonic))
    }

    #[test]
    fn drift_is_followed_and_jumps_are_not() {
        let clock = Clock::start_at(reading(1000, 5), 0);
        assert_eq!(clock.read(reading(1010, 14)), Timestamp::from_secs(1010), "a second of drift");
        assert_eq!(clock.read(reading(2_000_000_000, 24)), Timestamp::from_secs(1020), "set from 1970 to today");
        assert_eq!(clock.read(reading(10, 34)), Timestamp::from_secs(1030), "and back");
    }

    #[test]
    fn time_never_runs_backwards() {
        let clock = Clock::start_at(reading(1000, 5), 0);
        clock.read(reading(1010, 15));
        assert_eq!(clock.read(reading(1000, 16)), Timestamp::from_secs(1010));
    }

    #[test]
    fn a_restart_goes_on_where_the_journal_ended() {
        assert_eq!(Clock::start_at(reading(1000, 5), 1_500_000).read(reading(1001, 6)), Timestamp::from_secs(1501));
        let far = Clock::start_at(reading(1000, 5), i64::MAX);
        assert_eq!(far.read(reading(1001, 6)), Timestamp::from_secs(1001), "the journal was written in a wrong future");
    }
}
