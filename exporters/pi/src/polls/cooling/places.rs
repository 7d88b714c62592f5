//! Where what cools the board is read, and what of it does not move.
//!
//! `gpio_fan` reports its highest speed or 0, whatever it does: it is a switch and not a tachometer, so it has no rpm.

use std::path::Path;

use gjallarhorn_service::bounded;

use crate::parse::{sysfs, tree};
use crate::polls::found::Look;
use crate::source::held::Held;
use crate::source::machine::{Machine, value};

/// Drivers of fans: those of the Raspberry Pi 5 and of PoE hats, of a fan on a pin, of older PoE hats.
const FANS: [&str; 3] = ["pwmfan", "gpio_fan", "rpipoefan"];
/// What a fan is called among the things that cool.
const COOLERS: [&str; 4] = ["pwm-fan", "gpio-fan", "pwm-gpio-fan", "rpi-poe-fan"];
/// More trips than any zone has.
const TRIPS: u8 = 16;

/// Everything that was found.
#[derive(Default)]
pub(super) struct Places {
    /// The temperature of the chip.
    pub(super) celsius: Option<Held>,
    pub(super) trips: Trips,
    pub(super) fans: Vec<Fan>,
    pub(super) coolers: Vec<Cooler>,
    /// Whether a fan was set up.
    pub(super) expected: Option<bool>,
}

/// The temperatures at which something is done: set at boot, and hardly ever after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trips {
    pub(super) critical: Option<f64>,
    /// The lowest trip that drives a fan, and its hysteresis.
    pub(super) threshold: Option<f64>,
}

/// A fan.
pub(super) struct Fan {
    pub(super) name: String,
    pub(super) rpm: Option<Held>,
    /// Whether that is a tachometer's.
    pub(super) turns: bool,
    pub(super) duty: Option<Held>,
}

/// Something that cools by steps.
pub(super) struct Cooler {
    pub(super) name: String,
    pub(super) now: Option<Held>,
    pub(super) highest: Option<u64>,
}

/// Looks for everything that cools.
pub(super) fn places(machine: &Machine, look: &mut Look) -> Places {
    let mut places = Places::default();
    if let Some(zone) = look.take(machine.cpu_zone()) {
        places.celsius = look.hold(&zone.join("temp"));
        places.trips = trips(&zone, look);
    }
    places.fans = fans(machine, look);
    if let Some(coolers) = coolers(machine, look) {
        places.expected = Some(expected(machine, &coolers));
        places.coolers = coolers;
    }
    places
}

fn fans(machine: &Machine, look: &mut Look) -> Vec<Fan> {
    let mut fans: Vec<Fan> = Vec::new();
    let chips = look.take(machine.chips()).unwrap_or_default();
    for chip in chips.iter().filter(|chip| FANS.contains(&&chip.name[..])) {
        let name = numbered(&chip.name, fans.iter().map(|fan| &fan.name[..]));
        let rpm = look.hold_optional(&chip.folder.join("fan1_input"));
        let duty = look.hold_optional(&chip.folder.join("pwm1"));
        fans.push(Fan { name, rpm, turns: chip.name != "gpio_fan", duty });
    }
    fans
}

fn coolers(machine: &Machine, look: &mut Look) -> Option<Vec<Cooler>> {
    let mut coolers: Vec<Cooler> = Vec::new();
    for cooler in look.take(machine.coolers())? {
        let name = numbered(&cooler.name, coolers.iter().map(|cooler| &cooler.name[..]));
        let now = look.hold(&cooler.folder.join("cur_state"));
        let highest = look.take(value(&cooler.folder.join("max_state"), sysfs::natural));
        coolers.push(Cooler { name, now, highest });
    }
    Some(coolers)
}

/// A name that no other has: the second of the same is `name_2`.
fn numbered<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> String {
    let same = others.filter(|other| other.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()) == name).count();
    if same == 0 { name.to_owned() } else { format!("{name}_{}", same + 1) }
}

/// Whether a fan was set up: something drives one, or the bootloader left its node in the device tree.
fn expected(machine: &Machine, coolers: &[Cooler]) -> bool {
    let is_driven = coolers.iter().any(|cooler| COOLERS.iter().any(|fan| cooler.name.starts_with(fan)));
    // On a Raspberry Pi 5 the node is always there; the bootloader enables it if the fan turned.
    let is_node = machine.property("cooling_fan/compatible").is_ok();
    let status = machine.property("cooling_fan/status").ok();
    let is_off = status.as_deref().and_then(tree::text).is_some_and(|status| status != "okay");
    is_driven || (is_node && !is_off)
}

/// What the trips say. They are told apart by their type: their numbers moved between kernels.
fn trips(zone: &Path, look: &mut Look) -> Trips {
    let mut trips = Trips::default();
    for number in 0..TRIPS {
        let file = |what: &str| zone.join(format!("trip_point_{number}_{what}"));
        let Ok(kind) = bounded::read_text(&file("type"), 64) else { break };
        let celsius = look.take(value(&file("temp"), sysfs::celsius)).flatten();
        match (kind.trim(), celsius) {
            ("critical", Some(celsius)) => trips.critical = Some(celsius),
            ("active", Some(celsius)) => {
                trips.threshold = lowest(trips.threshold, celsius + hysteresis(&file("hyst")));
            }
            _ => {}
        }
    }
    trips
}

fn lowest(one: Option<f64>, other: f64) -> Option<f64> {
    Some(one.map_or(other, |one| one.min(other)))
}

/// A trip without one has none.
fn hysteresis(path: &Path) -> f64 {
    value(path, sysfs::degrees).ok().filter(|degrees| (0.0..100.0).contains(degrees)).unwrap_or_default()
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
}
