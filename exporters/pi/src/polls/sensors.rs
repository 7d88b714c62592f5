//! Temperatures beside the chip's own: the I/O chip of a Raspberry Pi 5, and NVMe disks. A disk is asked for its
//! temperature when it is read, and a dying one does not answer.

use std::fs;
use std::path::Path;

use gjallarhorn_service::{Failure, FailureKind, Timestamp, bounded};

use super::Sum;
use crate::observe::slow::{self, Sensor};
use crate::parse::sysfs;
use crate::role::{SENSORS, Shared};
use crate::source::machine::{Named, optional, value};

/// The kernel's driver gives a disk at most one whole and eight parts.
const TEMPERATURES: std::ops::RangeInclusive<u8> = 1..=9;

pub(crate) fn round(shared: &Shared, now: Timestamp) -> Result<(), Failure> {
    shared.present()?;
    let chips = shared.machine.chips()?;
    let mut sum = Sum::default();
    let mut found = Vec::new();
    for chip in &chips {
        match &chip.name[..] {
            "rp1_adc" => found.extend(sum.take(one(&chip.folder.join("temp1_input"))).map(|celsius| Sensor {
                name: "rp1".into(),
                celsius,
                critical: None,
            })),
            "nvme" => disk(chip, &mut found, &mut sum),
            _ => {}
        }
    }
    shared.keep(SENSORS, now, slow::sensors(&found));
    sum.outcome()?;
    if found.is_empty() { Err(Failure::new(FailureKind::Absent, "find", "any other sensor")) } else { Ok(()) }
}

/// The temperatures of a disk, named after it and its parts: `nvme0_composite`.
fn disk(chip: &Named, found: &mut Vec<Sensor>, sum: &mut Sum) {
    let disk = device(&chip.folder);
    for number in TEMPERATURES {
        let file = |what: &str| chip.folder.join(format!("temp{number}_{what}"));
        let Some(celsius) = sum.take_optional(optional(&file("input"), sysfs::celsius)) else { continue };
        let label = bounded::read_text(&file("label"), 256).unwrap_or_else(|_| number.to_string());
        let critical = sum.take_optional(optional(&file("crit"), sysfs::celsius)).flatten();
        found.push(Sensor { name: format!("{}_{}", disk, sysfs::label(&label)), celsius, critical });
    }
}

/// The disk behind a sensor (`nvme0`), or the sensor's own number.
fn device(folder: &Path) -> String {
    let behind = fs::read_link(folder.join("device")).ok();
    let name = behind.as_deref().and_then(Path::file_name).or(folder.file_name()).unwrap_or_default();
    sysfs::label(&name.to_string_lossy())
}

fn one(path: &Path) -> Result<Option<f64>, Failure> {
    value(path, sysfs::celsius)
}
