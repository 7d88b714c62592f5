//! What cools the board: fans, cooling devices, and the trips that drive them.
//!
//! `gpio_fan` reports its highest speed or 0, whatever it does: it is a switch and not a tachometer, so it has no rpm.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use gjallarhorn_service::{Failure, FailureKind, Timestamp, bounded};

use super::{CELL, Sum};
use crate::observe::slow::{self, Cooling, Fan, Steps};
use crate::observe::stall::{Look, Watch};
use crate::parse::{sysfs, tree};
use crate::role::{FAN, Shared};
use crate::source::machine::{Machine, optional, value};

/// Drivers of fans: those of the Raspberry Pi 5 and of PoE hats, of a fan on a pin, of older PoE hats.
const FANS: [&str; 3] = ["pwmfan", "gpio_fan", "rpipoefan"];
/// What a fan is called among the things that cool.
const COOLERS: [&str; 4] = ["pwm-fan", "gpio-fan", "pwm-gpio-fan", "rpi-poe-fan"];
/// A fan that is driven fully.
const FULL: f64 = 255.0;
/// More trips than any zone has.
const TRIPS: u8 = 16;

/// Watches fans over time.
pub(crate) struct Cooler {
    shared: Arc<Shared>,
    watches: BTreeMap<String, Watch>,
    /// The trips and when they were read: set at boot, and hardly ever after it.
    trips: Option<(Timestamp, Trips)>,
}

/// What the zone of the chip's temperature says.
#[derive(Clone, Copy, Debug, Default)]
struct Zone {
    celsius: Option<f64>,
    trips: Trips,
}

/// The temperatures at which something is done.
#[derive(Clone, Copy, Debug, Default)]
struct Trips {
    critical: Option<f64>,
    /// The lowest trip that drives a fan, and its hysteresis.
    threshold: Option<f64>,
}

impl Cooler {
    pub(crate) fn new(shared: Arc<Shared>) -> Cooler {
        Cooler { shared, watches: BTreeMap::new(), trips: None }
    }

    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.present()?;
        let mut sum = Sum::default();
        let zone = self.zone(now, &mut sum);
        let machine = &self.shared.machine;
        let mut fans = fans(machine, &mut sum);
        self.watches.retain(|name, _| fans.iter().any(|fan| fan.name == *name));
        for fan in &mut fans {
            let look = Look { rpm: fan.rpm, duty: fan.duty, celsius: zone.celsius, threshold: zone.trips.threshold };
            fan.stalled = self.watches.entry(fan.name.clone()).or_default().take(look, now);
        }
        let coolers = coolers(machine, &mut sum);
        let expected = coolers.as_ref().map(|coolers| expected(machine, coolers));
        let is_bare = fans.is_empty();
        let coolers = coolers.unwrap_or_default();
        self.shared.keep(FAN, now, slow::cooling(&Cooling { fans, coolers, expected, critical: zone.trips.critical }));
        sum.outcome()?;
        if is_bare { Err(Failure::new(FailureKind::Absent, "find", "a fan")) } else { Ok(()) }
    }

    fn zone(&mut self, now: Timestamp, sum: &mut Sum) -> Zone {
        let Some(folder) = sum.take(self.shared.machine.cpu_zone()) else { return Zone::default() };
        let celsius = sum.take(value(&folder.join("temp"), sysfs::celsius)).flatten();
        self.trips = self.trips.filter(|(read, _)| now.since(*read) < CELL);
        if let Some((_, trips)) = self.trips {
            return Zone { celsius, trips };
        }
        let (trips, failed) = trips(&folder);
        match failed {
            Some(failure) => drop(sum.take::<()>(Err(failure))),
            None => self.trips = Some((now, trips)),
        }
        Zone { celsius, trips }
    }
}

fn fans(machine: &Machine, sum: &mut Sum) -> Vec<Fan> {
    let chips = sum.take(machine.chips()).unwrap_or_default();
    let mut fans: Vec<Fan> = Vec::new();
    for chip in chips.iter().filter(|chip| FANS.contains(&&chip.name[..])) {
        let name = numbered(&chip.name, fans.iter().map(|fan| &fan.name[..]));
        let rpm = sum.take_optional(optional(&chip.folder.join("fan1_input"), sysfs::natural));
        let duty = sum.take_optional(optional(&chip.folder.join("pwm1"), duty));
        fans.push(Fan { name, rpm: rpm.filter(|_| chip.name != "gpio_fan"), duty, stalled: None });
    }
    fans
}

fn coolers(machine: &Machine, sum: &mut Sum) -> Option<Vec<Steps>> {
    let mut coolers: Vec<Steps> = Vec::new();
    for cooler in sum.take(machine.coolers())? {
        let name = numbered(&cooler.name, coolers.iter().map(|cooler| &cooler.name[..]));
        let mut step = |file: &str| sum.take(value(&cooler.folder.join(file), sysfs::natural));
        let (now, highest) = (step("cur_state"), step("max_state"));
        coolers.push(Steps { name, now, highest });
    }
    Some(coolers)
}

/// A name that no other has: the second of the same is `name_2`.
fn numbered<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> String {
    let same = others.filter(|other| other.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()) == name).count();
    if same == 0 { name.to_owned() } else { format!("{name}_{}", same + 1) }
}

/// Whether a fan was set up: something drives one, or the bootloader left its node in the device tree.
fn expected(machine: &Machine, coolers: &[Steps]) -> bool {
    let is_driven = coolers.iter().any(|cooler| COOLERS.iter().any(|fan| cooler.name.starts_with(fan)));
    // On a Raspberry Pi 5 the node is always there; the bootloader enables it if the fan turned.
    let is_node = machine.property("cooling_fan/compatible").is_ok();
    let status = machine.property("cooling_fan/status").ok();
    let is_off = status.as_deref().and_then(tree::text).is_some_and(|status| status != "okay");
    is_driven || (is_node && !is_off)
}

/// What the trips say, and the first failure among them. They are told apart by their type: their numbers moved between
/// kernels.
fn trips(zone: &Path) -> (Trips, Option<Failure>) {
    let (mut trips, mut failed) = (Trips::default(), None);
    for number in 0..TRIPS {
        let file = |what: &str| zone.join(format!("trip_point_{number}_{what}"));
        let Ok(kind) = bounded::read_text(&file("type"), 64) else { break };
        let celsius = value(&file("temp"), sysfs::celsius);
        let celsius = celsius.map_err(|failure| failed.get_or_insert(failure).kind).ok().flatten();
        match (kind.trim(), celsius) {
            ("critical", Some(celsius)) => trips.critical = Some(celsius),
            ("active", Some(celsius)) => {
                trips.threshold = lowest(trips.threshold, celsius + hysteresis(&file("hyst")));
            }
            _ => {}
        }
    }
    (trips, failed)
}

fn lowest(one: Option<f64>, other: f64) -> Option<f64> {
    Some(one.map_or(other, |one| one.min(other)))
}

/// A trip without one has none.
fn hysteresis(path: &Path) -> f64 {
    value(path, sysfs::degrees).ok().filter(|degrees| (0.0..100.0).contains(degrees)).unwrap_or_default()
}

fn duty(content: &[u8]) -> Result<f64, crate::parse::Refusal> {
    let level = sysfs::natural(content)?;
    match u8::try_from(level) {
        Ok(level) => Ok(f64::from(level) / FULL),
        Err(_) => Err(crate::parse::Refusal::malformed(content)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_fan_of_the_same_name_is_numbered() {
        assert_eq!(numbered("pwmfan", [].into_iter()), "pwmfan");
        assert_eq!(numbered("pwmfan", ["pwmfan", "gpio_fan"].into_iter()), "pwmfan_2");
        assert_eq!(numbered("pwmfan", ["pwmfan", "pwmfan_2"].into_iter()), "pwmfan_3");
    }

    #[test]
    fn a_drive_is_a_byte() {
        assert_eq!(duty(b"255"), Ok(1.0));
        assert!(duty(b"256").is_err() && duty(b"-1").is_err());
    }
}
