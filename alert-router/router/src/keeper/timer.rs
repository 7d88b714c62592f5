//! What the keeper does because time passed: the engine's own clock, silent senders, checkpoints, retention.

use std::collections::BTreeMap;
use std::time::Duration;

use gjallarhorn_engine::{Event, Timestamp};
use tokio::time::Instant;

use crate::core::Core;
use crate::journal::retention::Keep;

/// Senders from which word is expected, and how often.
pub type Expectations = BTreeMap<String, Duration>;

/// A log so long is swallowed by a checkpoint, but no more often than [`CALM`].
const LONG_LOG: usize = 2_000;
const CALM: Duration = Duration::from_secs(30);
/// Any log is swallowed after so long.
const OLD_LOG: Duration = Duration::from_secs(600);
const TIDY: Duration = Duration::from_secs(60);

/// When what is due.
#[derive(Debug)]
pub(super) struct Timer {
    keep: Keep,
    expected: Expectations,
    events: usize,
    touched: bool,
    /// When time will be looked at. It is not put off by what happens meanwhile, or a storm would stop the clock.
    promised: Option<Instant>,
    checkpoint: Instant,
    tidy: Instant,
}

impl Timer {
    /// Everything counts from now.
    #[must_use]
    pub(super) fn new(keep: Keep, expected: Expectations) -> Self {
        let now = Instant::now();
        Timer { keep, expected, events: 0, touched: true, promised: None, checkpoint: now, tidy: now }
    }

    /// So many events were added to the log.
    pub(super) fn events(&mut self, count: usize) {
        self.events += count;
        self.touched = true;
    }

    /// The log was swallowed.
    pub(super) fn checkpointed(&mut self) {
        self.events = 0;
        self.checkpoint = Instant::now();
    }

    /// Whether the log should be swallowed.
    #[must_use]
    pub(super) fn checkpoint_due(&self) -> bool {
        let age = self.checkpoint.elapsed();
        (self.events >= LONG_LOG && age >= CALM) || (self.events > 0 && age >= OLD_LOG)
    }

    /// What to keep, if it is time to look, and anything was written since.
    pub(super) fn tidy_due(&mut self) -> Option<Keep> {
        if self.tidy.elapsed() < TIDY || !std::mem::take(&mut self.touched) {
            return None;
        }
        self.tidy = Instant::now();
        Some(self.keep)
    }

    /// When [`Timer::fall_due`] should be asked again: when it has something to say, but after `patience` at the latest.
    #[must_use]
    pub(super) fn due(&mut self, core: &Core, now: Timestamp, patience: Duration) -> Instant {
        let silent = self.silences(core).map(|(_, _, at)| at).min();
        let wake = [core.engine.wake_at(), silent].into_iter().flatten().map(|at| at.since(now)).min();
        // A time that has come is looked at soon, not at once: if an event changed nothing, this must not spin.
        let wait = wake.map_or(patience, |wait| wait.max(Duration::from_millis(100)).min(patience));
        let due = Instant::now() + wait;
        *self.promised.insert(self.promised.map_or(due, |promised| promised.min(due)))
    }

    /// The events that time itself causes.
    #[must_use]
    pub(super) fn fall_due(&mut self, core: &Core, now: Timestamp) -> Vec<Event> {
        self.promised = None;
        let silent = self.silences(core).filter(|(_, _, at)| *at <= now);
        let mut events: Vec<_> =
            silent.map(|(source, since, _)| Event::Silent { source: source.to_owned(), since }).collect();
        if core.engine.wake_at().is_some_and(|at| at <= now) {
            events.push(Event::Clock);
        }
        events
    }

    /// Senders whose silence has not been told: name, last word, and when silence will be too long.
    fn silences<'a>(&'a self, core: &'a Core) -> impl Iterator<Item = (&'a str, Timestamp, Timestamp)> {
        self.expected.iter().filter_map(|(source, limit)| {
            let heard = core.senders().get(source).filter(|heard| !heard.silent)?;
            Some((source.as_str(), heard.at, heard.at.after(*limit)))
        })
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_engine::Policy;

    use super::*;

    fn timer() -> Timer {
        let keep = Keep { raw_ms: 1, ledger_ms: 1, bytes: 1 };
        Timer::new(keep, [("am".to_owned(), Duration::from_secs(60))].into())
    }

    #[tokio::test]
    async fn what_happens_does_not_put_the_clock_off() {
        let (mut timer, mut core) = (timer(), Core::new(Policy::default()));
        core.absorb(1, Timestamp::from_secs(1), &Event::Clock);
        let (now, hour) = (Timestamp::from_secs(2), Duration::from_secs(3600));
        let promised = timer.due(&core, now, hour);
        assert_eq!(timer.due(&core, now, hour), promised);
        assert!(timer.due(&core, now, Duration::from_secs(1)) < promised, "but it may come sooner");
        assert_eq!(timer.fall_due(&core, now), []);
        assert!(timer.due(&core, now, hour) >= promised, "once it was looked at, the next time counts");
    }

    #[tokio::test]
    async fn silence_is_told_once() {
        let (mut timer, mut core) = (timer(), Core::new(Policy::default()));
        core.expect_sender("am", Timestamp::from_secs(100));
        assert_eq!(timer.fall_due(&core, Timestamp::from_secs(159)), []);
        let silent = Event::Silent { source: "am".into(), since: Timestamp::from_secs(100) };
        assert_eq!(timer.fall_due(&core, Timestamp::from_secs(160)), std::slice::from_ref(&silent));
        core.absorb(1, Timestamp::from_secs(160), &silent);
        assert_eq!(timer.fall_due(&core, Timestamp::from_secs(900)), []);
    }
}
