//! The sampler: once a second the kernel's alarm, one temperature, and the firmware's throttle bits.
//!
//! What it reads is opened once and found again when it has gone: a sensor's number moves when its driver comes again. What
//! is not there is looked for at the pace of the slow readings.

use std::path::PathBuf;
use std::sync::Arc;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::or_else;
use crate::observe::tally::Sample;
use crate::parse::question::{Command, Tag};
use crate::parse::throttle::Bits;
use crate::parse::{sysfs, text};
use crate::role::{GENCMD, HWMON_VOLT, Shared, TAG, THERMAL};
use crate::source::held::Held;

/// Takes looks.
pub(crate) struct Sampler {
    shared: Arc<Shared>,
    alarm: Place,
    zone: Place,
    doors: Rest,
}

/// Something that is read at every look, once it was found.
#[derive(Debug, Default)]
struct Place {
    file: Option<Held>,
    rest: Rest,
}

/// A pause before something is tried again that is not there.
#[derive(Debug, Default)]
struct Rest(Option<Timestamp>);

impl Sampler {
    pub(crate) fn new(shared: Arc<Shared>) -> Sampler {
        Sampler { shared, alarm: Place::default(), zone: Place::default(), doors: Rest::default() }
    }

    /// One look. It failed if nothing at all could be seen.
    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.present()?;
        let mut sample = Sample { alarm: self.alarm(now), celsius: self.celsius(now), ..Sample::default() };
        if let Some((bits, is_text)) = self.bits(now) {
            (sample.bits, sample.is_text) = (Some(bits), is_text);
        }
        self.shared.sampled(sample, now);
        let is_blind = sample.bits.is_none() && sample.alarm.is_none() && sample.celsius.is_none();
        if is_blind { Err(Failure::new(FailureKind::Absent, "find", "anything to sample")) } else { Ok(()) }
    }

    fn alarm(&mut self, now: Timestamp) -> Option<bool> {
        let Sampler { shared, alarm, .. } = self;
        let find = || Ok(shared.machine.chip("rpi_volt")?.join("in0_lcrit_alarm"));
        alarm.read(shared, HWMON_VOLT, now, find, sysfs::flag)
    }

    fn celsius(&mut self, now: Timestamp) -> Option<f64> {
        let Sampler { shared, zone, .. } = self;
        let find = || Ok(shared.machine.cpu_zone()?.join("temp"));
        zone.read(shared, THERMAL, now, find, sysfs::celsius).flatten()
    }

    /// The throttle bits, and whether the text command told them.
    fn bits(&mut self, now: Timestamp) -> Option<(Bits, bool)> {
        if self.doors.lasts(&self.shared, now) {
            return None;
        }
        let shared = &self.shared;
        let told = shared.told(GENCMD, || {
            let answer = shared.firmware.text(Command::GetThrottled)?;
            text::throttled(&answer)
                .map_err(|refusal| Failure::new(refusal.kind(), "read the answer to", "get_throttled").because(refusal))
        });
        let bits = or_else(told.map(|bits| (bits, true)), || {
            shared.told(TAG, || shared.firmware.number(Tag::Throttled)).map(|bits| (Bits(bits), false))
        });
        self.doors = Rest(bits.as_ref().err().filter(|failure| is_shut(failure.kind)).map(|_| now));
        bits.ok()
    }
}

/// It will not be otherwise in a second. (A sensor that refuses may only be busy.)
fn is_shut(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Absent | FailureKind::Denied)
}

impl Place {
    /// Reads a value where it was found, or finds it first; tells how that went, unless it rests.
    fn read<T>(
        &mut self,
        shared: &Shared,
        source: &'static str,
        now: Timestamp,
        find: impl Fn() -> Result<PathBuf, Failure>,
        parse: impl Fn(&[u8]) -> Result<T, crate::parse::Refusal>,
    ) -> Option<T> {
        if self.rest.lasts(shared, now) {
            return None;
        }
        let read = shared.told(source, || {
            if let Some(file) = &self.file {
                match file.value(&parse) {
                    // Its number has moved, or its driver is gone.
                    Err(failure) if failure.kind == FailureKind::Absent => self.file = None,
                    read => return read,
                }
            }
            let file = Held::open(&find()?)?;
            let read = file.value(&parse);
            self.file = Some(file);
            read
        });
        self.rest = Rest(read.as_ref().err().filter(|failure| is_shut(failure.kind)).map(|_| now));
        read.ok()
    }
}

impl Rest {
    fn lasts(&self, shared: &Shared, now: Timestamp) -> bool {
        self.0.is_some_and(|since| now.since(since) < shared.config.slow_interval.get())
    }
}
