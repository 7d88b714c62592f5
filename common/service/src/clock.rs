//! The one place that reads a clock. Everything else is handed a [`Timestamp`].

#![expect(clippy::disallowed_methods, reason = "this is the shell that reads the clock for all others")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::time::{ClockId, clock_gettime};

/// A moment, on two clocks read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Time since 1970 UTC: for people and for Prometheus. Jumps when the machine's clock is set.
    pub unix: Duration,
    /// `CLOCK_MONOTONIC_RAW`, time since boot without suspend and without slewing: for ages. It is the clock behind
    /// the kernel's own stamps in kstats (`gethrtime` of OpenZFS on Linux).
    pub monotonic: Duration,
}

impl Timestamp {
    /// Now.
    #[must_use]
    pub fn now() -> Timestamp {
        let monotonic = clock_gettime(ClockId::CLOCK_MONOTONIC_RAW).map(Duration::from).unwrap_or_default();
        Timestamp { unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), monotonic }
    }

    /// A made-up moment, for tests and recordings.
    #[must_use]
    pub const fn at(unix: Duration, monotonic: Duration) -> Timestamp {
        Timestamp { unix, monotonic }
    }

    /// Seconds since 1970 UTC with their fraction, as metrics want them.
    #[must_use]
    pub fn unix_seconds(self) -> f64 {
        self.unix.as_secs_f64()
    }

    /// Time passed since `earlier`, by the monotonic clock; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic)
    }

    /// Time passed between this moment and now: reads the clock.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        Timestamp::now().since(self)
    }
}
