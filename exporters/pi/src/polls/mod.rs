//! The background polls: the sampler every second, everything else more slowly. Each has a thread of its own, so that a
//! file that hangs (a dying disk's sensor, the clock's cell behind a hung firmware) holds up nothing but itself.

use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind};

mod cooling;
mod devicetree;
mod firmware;
mod found;
mod sampler;
mod sensors;
mod simple;

pub(crate) use cooling::Cooler;
pub(crate) use devicetree::round as devicetree;
pub(crate) use firmware::Speaker;
pub(crate) use sampler::Sampler;
pub(crate) use sensors::Thermometers;
pub(crate) use simple::{cpufreq, pmic, rtc};

/// How often the cell of the clock is looked at: it changes over months.
pub(crate) const CELL: Duration = Duration::from_secs(60);
/// How often what does not change before a restart is read.
pub(crate) const HOURLY: Duration = Duration::from_secs(3600);

/// What a round made of several readings comes to.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    some: bool,
    /// The first thing that is not there, or that is not done here: no failure as long as there is anything else.
    missing: Option<Failure>,
    /// The first thing that failed.
    failed: Option<Failure>,
}

impl Sum {
    /// Takes in one reading, and gives its value.
    pub(crate) fn take<T>(&mut self, reading: Result<T, Failure>) -> Option<T> {
        match reading {
            Ok(value) => {
                self.some = true;
                Some(value)
            }
            Err(failure) => {
                let slot = if is_missing(failure.kind) { &mut self.missing } else { &mut self.failed };
                slot.get_or_insert(failure);
                None
            }
        }
    }

    /// The same of something that need not be there.
    pub(crate) fn take_optional<T>(&mut self, reading: Result<Option<T>, Failure>) -> Option<T> {
        match reading {
            Ok(None) => None,
            Ok(Some(value)) => self.take(Ok(value)),
            Err(failure) => self.take(Err(failure)),
        }
    }

    /// Whether everything that was looked for could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.missing.is_none() && self.failed.is_none()
    }

    /// What the round as a whole comes to: one reading that failed is told, one that is missing only if there is no other.
    pub(crate) fn outcome(self) -> Result<(), Failure> {
        match (self.failed, self.missing) {
            (Some(failure), _) => Err(failure),
            (None, Some(failure)) if !self.some => Err(failure),
            _ => Ok(()),
        }
    }
}

/// Not there, or not done here: what is left is as it should be.
fn is_missing(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Absent | FailureKind::Unsupported | FailureKind::Refused)
}

/// The second way to a value, if the first leaves one open.
pub(crate) fn or_else<T>(first: Result<T, Failure>, second: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    match first {
        Err(failure) if leaves_another(failure.kind) => second().map_err(|other| {
            // Of two reasons, the one that is more than "not there".
            if failure.kind == FailureKind::Absent { other } else { failure }
        }),
        answered => answered,
    }
}

/// Whether a way that failed leaves another one open: not while the firmware hangs.
fn leaves_another(kind: FailureKind) -> bool {
    is_missing(kind) || matches!(kind, FailureKind::Denied | FailureKind::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind) -> Result<(), Failure> {
        Err(Failure::new(kind, "read", "it"))
    }

    fn sum(readings: impl IntoIterator<Item = Result<(), Failure>>) -> Result<(), FailureKind> {
        let mut sum = Sum::default();
        readings.into_iter().for_each(|reading| assert_eq!(sum.take(reading).is_some(), sum.some));
        sum.outcome().map_err(|failure| failure.kind)
    }

    #[test]
    fn what_failed_is_told_and_what_is_missing_only_if_it_is_all() {
        use FailureKind::{Absent, Malformed, Unsupported};
        assert_eq!(sum([failure(Absent), failure(Unsupported), Ok(())]), Ok(()));
        assert_eq!(sum([failure(Unsupported), failure(Absent)]), Err(Unsupported));
        assert_eq!(sum([failure(Absent), failure(Malformed), Ok(())]), Err(Malformed));
        assert_eq!(sum([]), Ok(()));
    }

    #[test]
    fn a_hanging_firmware_is_not_asked_a_second_way() {
        use FailureKind::{Absent, Blocked, Denied, Timeout};
        for kind in [Timeout, Blocked, FailureKind::Lost] {
            assert_eq!(or_else(failure(kind), || panic!("asked")).unwrap_err().kind, kind);
        }
        assert_eq!(or_else(failure(Denied), || failure(Absent)).unwrap_err().kind, Denied);
        assert_eq!(or_else(failure(Absent), || failure(Denied)).unwrap_err().kind, Denied);
        assert!(or_else(failure(Denied), || Ok(())).is_ok());
    }
}
