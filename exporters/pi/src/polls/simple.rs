//! The polls that read one thing: the power chip, the kernel's word on the CPU's clock, the cell of the clock.

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::Sum;
use crate::observe::slow;
use crate::parse::question::{Clock, Command, Tag};
use crate::parse::{pmic as readings, sysfs};
use crate::role::{CPUFREQ, PMIC, RTC, Shared};
use crate::source::machine::{optional, value};

/// The power chip's readings. Lines that are none are told; the others hold.
pub(crate) fn pmic(shared: &Shared, now: Timestamp) -> Result<(), Failure> {
    shared.present()?;
    let read = shared.firmware.text(Command::PmicReadAdc).and_then(|answer| {
        readings::readings(&answer)
            .map_err(|refusal| Failure::new(refusal.kind(), "read the answer to", "pmic_read_adc").because(refusal))
    });
    let adc = read.inspect_err(|_| shared.forget(PMIC))?;
    shared.keep(PMIC, now, slow::pmic(&adc));
    match adc.problems.first() {
        None => Ok(()),
        Some(line) => {
            let why = format!("{} lines are none, the first: {line:?}", adc.problems.len());
            Err(Failure::new(FailureKind::Malformed, "read the answer to", "pmic_read_adc").because(why))
        }
    }
}

/// What the kernel asks for and believes to have. All cores of a board share one clock.
pub(crate) fn cpufreq(shared: &Shared, now: Timestamp) -> Result<(), Failure> {
    shared.present()?;
    let asked = shared.machine.at("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq");
    let read = value(&asked, sysfs::kilohertz);
    // Without a driver for it, the firmware knows what it was asked for.
    let firmware = || shared.firmware.number(Tag::ClockRequested(Clock::Arm)).ok().map(u64::from);
    let requested = read.as_ref().ok().copied().or_else(firmware);
    shared.keep(CPUFREQ, now, slow::cpufreq(requested));
    read.map(drop)
}

/// The cell of the first clock that has one. Reading it asks the firmware inside the kernel, and can hang there.
pub(crate) fn rtc(shared: &Shared, now: Timestamp) -> Result<(), Failure> {
    shared.present()?;
    let mut sum = Sum::default();
    let clocks = shared.machine.clocks()?;
    let mut cells = clocks.iter().filter_map(|clock| {
        let battery = sum.take_optional(optional(&clock.join("battery_voltage"), sysfs::microvolts))?;
        let charge = sum.take_optional(optional(&clock.join("charging_voltage"), sysfs::microvolts));
        Some((battery, charge))
    });
    let cell = cells.next();
    let (battery, charge) = cell.map_or((None, None), |(battery, charge)| (Some(battery), charge));
    shared.keep(RTC, now, slow::rtc(battery, charge));
    sum.outcome()?;
    battery.map(drop).ok_or_else(|| Failure::new(FailureKind::Absent, "find", "a clock with a cell"))
}
