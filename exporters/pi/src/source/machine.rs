//! The kernel's small files below a root: sensors by their **name**, zones by their **type**, the device tree.
//!
//! The numbers in `hwmon3`, `thermal_zone0` and `trip_point_1` change from boot to boot and from kernel to kernel, so
//! nothing is found by them.

use std::fs;
use std::path::{Path, PathBuf};

use gjallarhorn_service::{Failure, FailureKind, bounded};

use crate::parse::board::Board;
use crate::parse::{Refusal, tree};

/// Kernel files are far smaller.
const LIMIT: usize = 4096;
/// More entries than any class folder of a board has.
const ENTRIES: usize = 256;

/// The machine below a root.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
}

/// A numbered thing of a class folder, found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it calls itself (`rpi_volt`, `cpu-thermal`).
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

impl Machine {
    /// The machine below `root`.
    #[must_use]
    pub fn new(root: &Path) -> Machine {
        Machine { root: root.to_owned() }
    }

    /// A path of the machine.
    #[must_use]
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Sensors, by the name of their driver.
    ///
    /// # Errors
    /// As [`bounded::list`].
    pub fn chips(&self) -> Result<Vec<Named>, Failure> {
        self.named("sys/class/hwmon", "hwmon", "name")
    }

    /// Thermal zones, by their type.
    ///
    /// # Errors
    /// As [`bounded::list`].
    pub fn zones(&self) -> Result<Vec<Named>, Failure> {
        self.named("sys/class/thermal", "thermal_zone", "type")
    }

    /// What cools, by its type.
    ///
    /// # Errors
    /// As [`bounded::list`].
    pub fn coolers(&self) -> Result<Vec<Named>, Failure> {
        self.named("sys/class/thermal", "cooling_device", "type")
    }

    /// Clocks that go on without power.
    ///
    /// # Errors
    /// As [`bounded::list`].
    pub fn clocks(&self) -> Result<Vec<PathBuf>, Failure> {
        let folder = self.at("sys/class/rtc");
        let names = bounded::list(&folder, ENTRIES)?;
        Ok(names.iter().map(|name| folder.join(name)).collect())
    }

    /// Everything numbered in a class folder; what has no readable name is nobody.
    fn named(&self, class: &str, prefix: &str, name: &str) -> Result<Vec<Named>, Failure> {
        let folder = self.at(class);
        let entries = bounded::list(&folder, ENTRIES)?;
        let numbered = entries.iter().filter(|entry| {
            entry.strip_prefix(prefix).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        });
        let named = numbered.filter_map(|entry| {
            let folder = folder.join(entry);
            let name = bounded::read_attribute(&folder.join(name), LIMIT).ok()?;
            Some(Named { name: str::from_utf8(&name).ok()?.trim().to_owned(), folder })
        });
        Ok(named.collect())
    }

    /// The chip of this name; of several the first.
    ///
    /// # Errors
    /// `absent` if there is none; as [`Machine::chips`].
    pub fn chip(&self, name: &str) -> Result<PathBuf, Failure> {
        pick(self.chips()?, name).ok_or_else(|| Failure::new(FailureKind::Absent, "find", format!("the sensor {name}")))
    }

    /// The zone of the chip's temperature.
    ///
    /// # Errors
    /// `absent` if there is none; as [`Machine::zones`].
    pub fn cpu_zone(&self) -> Result<PathBuf, Failure> {
        let zones = self.zones()?;
        let found = CPU_ZONES.iter().find_map(|name| pick(zones.clone(), name));
        found.ok_or_else(|| Failure::new(FailureKind::Absent, "find", "the thermal zone cpu-thermal"))
    }

    /// A property of the device tree. `/proc/device-tree` leads there; where only `/sys` is given, it is found behind it.
    ///
    /// # Errors
    /// As [`bounded::read`].
    pub fn property(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let property = |root: &str| bounded::read(&self.at(root).join(path), LIMIT);
        property("proc/device-tree").or_else(|first| property("sys/firmware/devicetree/base").map_err(|_| first))
    }

    /// A property of the device tree that is one cell.
    ///
    /// # Errors
    /// As [`Machine::property`]; `malformed` if it is none.
    pub fn cell(&self, path: &str) -> Result<u32, Failure> {
        let property = self.property(path)?;
        tree::cell(&property).ok_or_else(|| understood(Path::new(path), Refusal::malformed(&property)))
    }

    /// The board, as far as the device tree tells.
    #[must_use]
    pub fn board(&self) -> Board {
        let property = |path| self.property(path).ok();
        let (model, compatible) = (property("model"), property("compatible"));
        let revision = property("system/linux,revision");
        Board::of_tree(model.as_deref(), compatible.as_deref(), revision.as_deref())
    }

    /// The running kernel's release.
    ///
    /// # Errors
    /// As [`bounded::read_text`].
    pub fn kernel(&self) -> Result<String, Failure> {
        Ok(bounded::read_text(&self.at("proc/sys/kernel/osrelease"), LIMIT)?.trim().to_owned())
    }

    /// By what this machine is known as a Raspberry Pi, in words.
    ///
    /// # Errors
    /// `absent` if it is by nothing.
    pub fn sign(&self) -> Result<String, Failure> {
        let board = self.board();
        if board.is_pi() {
            return Ok(if board.model.is_empty() { board.board } else { board.model });
        }
        let door = ["dev/vcio_gencmd", "dev/vcio"].into_iter().find(|path| self.is_there(path));
        let volt = || self.chip("rpi_volt").is_ok().then_some("the sensor rpi_volt");
        let clock = || self.is_there(CPU_CLOCK).then_some("its driver of the CPU's clock");
        match door.or_else(volt).or_else(clock) {
            Some(sign) => Ok(format!("a Raspberry Pi, told by {sign} (its device tree cannot be seen)")),
            None => Err(Failure::new(FailureKind::Absent, "find", "a Raspberry Pi")),
        }
    }

    fn is_there(&self, path: &str) -> bool {
        fs::symlink_metadata(self.at(path)).is_ok()
    }
}

/// Types of the zone of the chip's temperature: today's, and that of kernels before 4.19.
const CPU_ZONES: [&str; 2] = ["cpu-thermal", "bcm2835_thermal"];

/// A device that only the firmware of these boards makes.
const CPU_CLOCK: &str = "sys/bus/platform/devices/raspberrypi-cpufreq";

/// A file and its meaning.
///
/// # Errors
/// As [`bounded::read`]; `malformed` if it has none.
pub fn value<T>(path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, Refusal>) -> Result<T, Failure> {
    parse(&bounded::read_attribute(path, LIMIT)?).map_err(|refusal| understood(path, refusal))
}

/// The same of a file that need not be there.
///
/// # Errors
/// As [`value`], but for `absent`.
pub fn optional<T>(path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, Refusal>) -> Result<Option<T>, Failure> {
    match value(path, parse) {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.kind == FailureKind::Absent => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What a content without a meaning is told as.
pub(super) fn understood(path: &Path, refusal: Refusal) -> Failure {
    Failure::new(refusal.kind(), "read", path.display().to_string()).because(refusal)
}

fn pick(all: Vec<Named>, name: &str) -> Option<PathBuf> {
    all.into_iter().find(|one| one.name == name).map(|one| one.folder)
}
