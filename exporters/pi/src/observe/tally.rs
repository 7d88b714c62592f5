//! What the sampler counts between two scrapes: events, time in state, temperatures. Kept for as long as the program runs.
//!
//! An event is a rising edge: a condition that holds now and did not at the last look that could tell. What was already so
//! at the first look is no event. Under-voltage is told three ways, and one drop must not count three times:
//!
//! - the firmware's bit, true while it lasts, seen only if it lasts until the next look;
//! - the firmware's since-boot bit, which rises with the first drop after boot, however short;
//! - the kernel's alarm, true for two seconds after each drop, up to two seconds late. Whatever raised the alarm within
//!   [`ECHO`] after one of the bits is the same drop; an alarm without bits is always counted.

use std::time::Duration;

use gjallarhorn_service::Timestamp;

use crate::parse::throttle::{Bits, Condition};

/// Upper bounds of the buckets of temperature, °C.
pub const BOUNDS: [f64; 8] = [40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 82.0, 85.0];

/// How long after a drop the kernel's alarm may still begin: its round of two seconds, and ours of one.
const ECHO: Duration = Duration::from_secs(3);

/// One look of the sampler. What could not be read is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// The throttle bits, whoever told them.
    pub bits: Option<Bits>,
    /// Whether the bits came from the text command, whose since-boot bits nobody clears.
    pub is_text: bool,
    /// The kernel's under-voltage alarm.
    pub alarm: Option<bool>,
    /// Temperature of the chip as the kernel has it, °C.
    pub celsius: Option<f64>,
}

impl Sample {
    /// The bits that tell what has happened since boot.
    #[must_use]
    pub fn since_boot(&self) -> Option<Bits> {
        self.bits.filter(|_| self.is_text)
    }

    /// Whether a condition holds: by the firmware's bit, or without it, for under-voltage, by the kernel's alarm.
    #[must_use]
    pub fn holds(&self, condition: Condition) -> Option<bool> {
        self.bits.map(|bits| bits.now(condition)).or(self.alarm_of(condition))
    }

    fn alarm_of(&self, condition: Condition) -> Option<bool> {
        self.alarm.filter(|_| condition == Condition::UnderVoltage)
    }
}

/// Everything that was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    conditions: [Track; 4],
    /// Temperatures seen.
    pub temperatures: Temperatures,
    /// Looks taken.
    pub samples: u64,
    /// Looks that came half an interval too late or more.
    pub late: u64,
    last: Option<Timestamp>,
}

/// What was counted of one condition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Track {
    /// How often it began.
    pub events: u64,
    /// For how long it held.
    pub active: Duration,
    /// When it last began, since 1970.
    pub last_event: Option<Duration>,
    bit: Option<bool>,
    latch: Option<bool>,
    alarm: Option<bool>,
    /// When the level was last known.
    known: Option<Timestamp>,
    /// When one of the bits last told of it.
    told: Option<Timestamp>,
}

/// A histogram of temperatures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Temperatures {
    /// Readings at or below each of [`BOUNDS`].
    pub at_most: [u64; BOUNDS.len()],
    /// Sum of all readings, °C.
    pub sum: f64,
    /// Number of readings.
    pub count: u64,
}

impl Tally {
    /// Takes in a look at `now`; looks should come every `interval`.
    pub fn take(&mut self, sample: &Sample, now: Timestamp, interval: Duration) {
        self.samples += 1;
        if self.last.is_some_and(|last| now.since(last) >= interval * 3 / 2) {
            self.late += 1;
        }
        self.last = Some(now);
        for (condition, track) in Condition::ALL.into_iter().zip(&mut self.conditions) {
            track.take(condition, sample, now, interval);
        }
        if let Some(celsius) = sample.celsius {
            self.temperatures.take(celsius);
        }
    }

    /// What was counted of a condition.
    #[must_use]
    pub fn of(&self, condition: Condition) -> &Track {
        &self.conditions[condition as usize]
    }

    /// When the last look was taken.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.last
    }
}

impl Track {
    fn take(&mut self, condition: Condition, sample: &Sample, now: Timestamp, interval: Duration) {
        let bit = sample.bits.map(|bits| bits.now(condition));
        let latch = sample.since_boot().map(|bits| bits.since(condition));
        let alarm = sample.alarm_of(condition);
        if self.begins(bit, latch, alarm, now) {
            self.events += 1;
            self.last_event = Some(now.unix);
        }
        self.spend(sample.holds(condition), now, interval);
        if bit == Some(true) || rises(self.latch, latch) {
            self.told = Some(now);
        }
        self.bit = bit.or(self.bit);
        self.latch = latch.or(self.latch);
        self.alarm = alarm.or(self.alarm);
    }

    /// Whether this look tells of a new beginning.
    fn begins(&self, bit: Option<bool>, latch: Option<bool>, alarm: Option<bool>, now: Timestamp) -> bool {
        let held = self.bit == Some(true) || self.alarm == Some(true);
        let is_echo = self.told.is_some_and(|told| now.since(told) <= ECHO);
        let by_alarm = rises(self.alarm, alarm) && !is_echo;
        !held && (rises(self.bit, bit) || rises(self.latch, latch) || by_alarm)
    }

    /// Adds the time since the last look that could tell, if the condition holds; a gap counts for two looks at most.
    fn spend(&mut self, holds: Option<bool>, now: Timestamp, interval: Duration) {
        let Some(holds) = holds else { return };
        if holds && let Some(known) = self.known {
            self.active += now.since(known).min(interval * 2);
        }
        self.known = Some(now);
    }
}

impl Temperatures {
    fn take(&mut self, celsius: f64) {
        for (count, bound) in self.at_most.iter_mut().zip(BOUNDS) {
            *count += u64::from(celsius <= bound);
        }
        self.sum += celsius;
        self.count += 1;
    }
}

fn rises(before: Option<bool>, now: Option<bool>) -> bool {
    before == Some(false) && now == Some(true)
}

#[cfg(test)]
mod tests;
