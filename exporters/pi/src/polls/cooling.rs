//! What cools the board: fans, cooling devices, and the trips that drive them.

use std::collections::BTreeMap;
use std::sync::Arc;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use self::places::{Places, places};
use super::Sum;
use super::found::Found;
use crate::observe::slow::{self, Cooling, Fan, Steps};
use crate::observe::stall::{Look, Watch};
use crate::parse::{Refusal, sysfs};
use crate::role::{FAN, Shared};
use crate::source::held::Held;

mod places;

/// A fan that is driven fully.
const FULL: f64 = 255.0;

/// Watches fans over time.
pub(crate) struct Cooler {
    shared: Arc<Shared>,
    found: Found<Places>,
    watches: BTreeMap<String, Watch>,
}

impl Cooler {
    pub(crate) fn new(shared: Arc<Shared>) -> Cooler {
        Cooler { shared, found: Found::nothing(), watches: BTreeMap::new() }
    }

    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.present()?;
        let machine = &self.shared.machine;
        let ((mut cooling, looks), sum) = self.found.round(now, |look| places(machine, look), read);
        self.watches.retain(|name, _| cooling.fans.iter().any(|fan| fan.name == *name));
        for (fan, look) in cooling.fans.iter_mut().zip(looks) {
            fan.stalled = self.watches.entry(fan.name.clone()).or_default().take(look, now);
        }
        let is_bare = cooling.fans.is_empty();
        self.shared.keep(FAN, now, slow::cooling(&cooling));
        sum.outcome()?;
        if is_bare { Err(Failure::new(FailureKind::Absent, "find", "a fan")) } else { Ok(()) }
    }
}

/// What can be read of it now, and a look at each fan.
fn read(places: &Places, sum: &mut Sum) -> (Cooling, Vec<Look>) {
    let celsius = places.celsius.as_ref().and_then(|file| sum.take(file.value(sysfs::celsius))).flatten();
    let mut number = |file: &Option<Held>| sum.take(file.as_ref()?.value(sysfs::natural));
    let steps =
        |place: &places::Cooler| Steps { name: place.name.clone(), now: number(&place.now), highest: place.highest };
    let coolers = places.coolers.iter().map(steps).collect();
    let fans: Vec<Fan> = places.fans.iter().map(|place| fan(place, sum)).collect();
    let threshold = places.trips.threshold;
    let looks = fans.iter().map(|fan| Look { rpm: fan.rpm, duty: fan.duty, celsius, threshold }).collect();
    let (critical, expected) = (places.trips.critical, places.expected);
    (Cooling { fans, coolers, expected, critical }, looks)
}

fn fan(place: &places::Fan, sum: &mut Sum) -> Fan {
    let rpm = place.rpm.as_ref().and_then(|file| sum.take(file.value(sysfs::natural)));
    let duty = place.duty.as_ref().and_then(|file| sum.take(file.value(duty)));
    Fan { name: place.name.clone(), rpm: rpm.filter(|_| place.turns), duty, stalled: None }
}

fn duty(content: &[u8]) -> Result<f64, Refusal> {
    let level = sysfs::natural(content)?;
    match u8::try_from(level) {
        Ok(level) => Ok(f64::from(level) / FULL),
        Err(_) => Err(Refusal::malformed(content)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_is_a_byte() {
        assert_eq!(duty(b"255"), Ok(1.0));
        assert!(duty(b"256").is_err() && duty(b"-1").is_err());
    }
}
