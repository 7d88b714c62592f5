//! What the slower sources say, each in a snapshot of its own, so that one that fails takes nothing with it.

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use super::SERIES_LIMIT;
use crate::families as f;
use crate::parse::board::Board;
use crate::parse::pmic::{Adc, INPUT};

/// How far below its hard limit the firmware begins to step the CPU down, °C (documentation, frequency-management).
const STEPPING: f64 = 5.0;

/// What the firmware says of clocks, voltages and limits. What it did not say is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Speed of each clock, Hz; 0 for one that stands still.
    pub clocks: Vec<(&'static str, f64)>,
    /// Voltage of each rail, V.
    pub volts: Vec<(&'static str, f64)>,
    /// Temperature of the chip, °C.
    pub celsius: Option<f64>,
    /// What does not change.
    pub fixed: Fixed,
}

/// What the firmware was configured for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixed {
    /// The highest speed of the CPU, Hz.
    pub arm_max: Option<f64>,
    /// The hard limit of temperature, °C.
    pub hard: Option<f64>,
    /// The soft limit of temperature, °C; 0 if there is none.
    pub soft: Option<f64>,
    /// When it was built, seconds since 1970.
    pub built: Option<u32>,
}

/// The samples of what the firmware says.
#[must_use]
pub fn firmware(said: &Said) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    for (clock, hertz) in said.clocks.iter().filter(|(_, hertz)| *hertz > 0.0) {
        out.push(&f::CLOCK_MEASURED, [clock], *hertz);
    }
    for (rail, volts) in &said.volts {
        out.push(&f::RAIL_VOLTS, [rail], *volts);
    }
    out.push_some(&f::TEMPERATURE, ["soc"], said.celsius);
    out.push_some(&f::CLOCK_MAX, ["arm"], said.fixed.arm_max);
    out.push_some(&f::FIRMWARE_BUILD, [], said.fixed.built);
    out.push_some(&f::TEMPERATURE_LIMIT, ["soc", "throttle_hard"], said.fixed.hard);
    out.push_some(&f::TEMPERATURE_LIMIT, ["soc", "throttle_start"], said.fixed.hard.map(|hard| hard - STEPPING));
    out.push_some(&f::TEMPERATURE_LIMIT, ["soc", "soft"], said.fixed.soft.filter(|soft| *soft > 0.0));
    out.finish()
}

/// The samples of the power chip's readings.
#[must_use]
pub fn pmic(adc: &Adc) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    out.push_some(&f::SUPPLY_VOLTS, [], adc.volts.get(INPUT).copied());
    for (rail, volts) in adc.volts.iter().filter(|(rail, _)| *rail != INPUT) {
        out.push(&f::PMIC_VOLTS, [rail], *volts);
    }
    for (rail, amperes) in &adc.amperes {
        out.push(&f::PMIC_AMPERES, [rail], *amperes);
    }
    out.push_some(&f::PMIC_WATTS, [], adc.watts());
    out.finish()
}

/// The samples of what was asked for of the CPU's clock, Hz.
#[must_use]
pub fn cpufreq(requested: Option<u64>) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    out.push_some(&f::CLOCK_REQUESTED, ["arm"], requested);
    out.finish()
}

/// A fan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fan {
    /// Its driver, numbered from the second of the same name on.
    pub name: String,
    /// Revolutions per minute; nothing of one that is only switched.
    pub rpm: Option<u64>,
    /// How hard it is driven, 0 to 1.
    pub duty: Option<f64>,
    /// Whether it stands still, if that can be told.
    pub stalled: Option<bool>,
}

/// Something that cools by steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Its name, numbered from the second of the same name on.
    pub name: String,
    /// The step at which it runs.
    pub now: Option<u64>,
    /// Its highest step.
    pub highest: Option<u64>,
}

/// What cools the board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cooling {
    /// Its fans.
    pub fans: Vec<Fan>,
    /// What cools by steps.
    pub coolers: Vec<Steps>,
    /// Whether a fan was set up.
    pub expected: Option<bool>,
    /// Where the chip switches itself off, °C.
    pub critical: Option<f64>,
}

/// The samples of what cools the board.
#[must_use]
pub fn cooling(cooling: &Cooling) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    for fan in &cooling.fans {
        out.push_some(&f::FAN_RPM, [&fan.name], fan.rpm);
        out.push_some(&f::FAN_DUTY, [&fan.name], fan.duty);
        out.push_some(&f::FAN_STALLED, [&fan.name], fan.stalled);
    }
    for Steps { name, now, highest } in &cooling.coolers {
        out.push_some(&f::COOLING_STATE, [name], *now);
        out.push_some(&f::COOLING_STATE_MAX, [name], *highest);
    }
    out.push_some(&f::FAN_EXPECTED, [], cooling.expected);
    out.push_some(&f::TEMPERATURE_LIMIT, ["soc_kernel", "critical"], cooling.critical);
    out.finish()
}

/// A sensor beside the chip's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sensor {
    /// Its name as a label.
    pub name: String,
    /// Its temperature, °C.
    pub celsius: Option<f64>,
    /// Its critical limit, °C.
    pub critical: Option<f64>,
}

/// The samples of the other sensors.
#[must_use]
pub fn sensors(sensors: &[Sensor]) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    for sensor in sensors {
        out.push_some(&f::TEMPERATURE, [&sensor.name], sensor.celsius);
        out.push_some(&f::TEMPERATURE_LIMIT, [&sensor.name, "critical"], sensor.critical);
    }
    out.finish()
}

/// The samples of the clock's cell: its voltage and that of its charger, V.
#[must_use]
pub fn rtc(battery: Option<f64>, charge: Option<f64>) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    out.push_some(&f::RTC_BATTERY, [], battery);
    out.push_some(&f::RTC_CHARGE, [], charge);
    out.finish()
}

/// What the device tree says. What is not in it is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The board.
    pub board: Board,
    /// The running kernel's release; empty if it is not known.
    pub kernel: String,
    /// When the bootloader was built, seconds since 1970.
    pub bootloader: Option<u32>,
    /// What the power supply can give, mA.
    pub psu: Option<u32>,
    /// Whether USB devices may draw the full current.
    pub usb_full: Option<bool>,
    /// Whether they drew too much before the system started.
    pub usb_over: Option<bool>,
    /// Why the power chip reset the board, a bit for each reason.
    pub reset: Option<u32>,
}

/// The samples of the device tree.
#[must_use]
pub fn tree(tree: &Tree) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    board(&tree.board, &tree.kernel, &mut out);
    out.push_some(&f::BOOTLOADER_BUILD, [], tree.bootloader);
    out.push_some(&f::PSU_AMPERES, [], tree.psu.map(|milliamperes| f64::from(milliamperes) / 1000.0));
    out.push_some(&f::USB_FULL, [], tree.usb_full);
    out.push_some(&f::USB_OVER, [], tree.usb_over);
    for (bit, cause) in f::RESETS.iter().enumerate() {
        out.push_some(&f::RESET_CAUSE, [cause], tree.reset.map(|causes| causes >> bit & 1 == 1));
    }
    out.finish()
}

fn board(board: &Board, kernel: &str, out: &mut SnapshotBuilder) {
    if board.is_pi() {
        let revision = board.revision.map(|code| format!("{code:x}")).unwrap_or_default();
        let memory = board.memory();
        out.push(&f::BOARD_INFO, [&board.model, &board.board, &revision, &board.soc, &memory, kernel], 1_u64);
    }
    out.push_some(&f::DETECTOR, [], board.detects_undervoltage());
}
