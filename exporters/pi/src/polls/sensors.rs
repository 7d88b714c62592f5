//! Temperatures beside the chip's own: the I/O chip of a Raspberry Pi 5, and NVMe disks. A disk is asked for its
//! temperature when it is read, and a dying one does not answer.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gjallarhorn_service::{Failure, FailureKind, Timestamp, bounded};

use super::Sum;
use super::found::{Found, Look};
use crate::observe::slow::{self, Sensor};
use crate::parse::sysfs;
use crate::role::{SENSORS, Shared};
use crate::source::held::Held;
use crate::source::machine::{Machine, Named};

/// The kernel's driver gives a disk at most one whole and eight parts.
const TEMPERATURES: std::ops::RangeInclusive<u8> = 1..=9;

/// Reads the sensors.
pub(crate) struct Thermometers {
    shared: Arc<Shared>,
    found: Found<Vec<Place>>,
}

/// Where a temperature is read.
struct Place {
    name: String,
    input: Held,
    /// Set by the maker.
    critical: Option<f64>,
}

impl Thermometers {
    pub(crate) fn new(shared: Arc<Shared>) -> Thermometers {
        Thermometers { shared, found: Found::nothing() }
    }

    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        let Thermometers { shared, found } = self;
        shared.present()?;
        let (sensors, sum) = found.round(now, |look| places(&shared.machine, look), |places, sum| read(places, sum));
        shared.keep(SENSORS, now, slow::sensors(&sensors));
        sum.outcome()?;
        if sensors.is_empty() { Err(Failure::new(FailureKind::Absent, "find", "any other sensor")) } else { Ok(()) }
    }
}

fn places(machine: &Machine, look: &mut Look) -> Vec<Place> {
    let mut found = Vec::new();
    for chip in look.take(machine.chips()).unwrap_or_default() {
        match &chip.name[..] {
            "rp1_adc" => found.extend(look.hold(&chip.folder.join("temp1_input")).map(|input| Place {
                name: "rp1".into(),
                input,
                critical: None,
            })),
            "nvme" => disk(&chip, &mut found, look),
            _ => {}
        }
    }
    found
}

/// The temperatures of a disk, named after it and its parts: `nvme0_composite`.
fn disk(chip: &Named, found: &mut Vec<Place>, look: &mut Look) {
    let disk = device(&chip.folder);
    for number in TEMPERATURES {
        let file = |what: &str| chip.folder.join(format!("temp{number}_{what}"));
        let Some(input) = look.hold_optional(&file("input")) else { continue };
        let label = bounded::read_text(&file("label"), 256).unwrap_or_else(|_| number.to_string());
        let critical = look.optional(&file("crit"), sysfs::celsius).flatten();
        found.push(Place { name: format!("{}_{}", disk, sysfs::label(&label)), input, critical });
    }
}

/// The disk behind a sensor (`nvme0`), or the sensor's own number.
fn device(folder: &Path) -> String {
    let behind = fs::read_link(folder.join("device")).ok();
    let name = behind.as_deref().and_then(Path::file_name).or(folder.file_name()).unwrap_or_default();
    sysfs::label(&name.to_string_lossy())
}

/// What can be read of them now.
fn read(places: &[Place], sum: &mut Sum) -> Vec<Sensor> {
    let sensors = places.iter().filter_map(|place| {
        let celsius = sum.take(place.input.value(sysfs::celsius))?;
        Some(Sensor { name: place.name.clone(), celsius, critical: place.critical })
    });
    sensors.collect()
}
