//! What the firmware says of clocks, voltages, its temperature and its limits: by text commands, or where that door is
//! closed, by property tags.

use std::sync::Arc;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::{HOURLY, Sum, or_else};
use crate::observe::slow::{self, Fixed, Said};
use crate::parse::question::{Clock, Command, Rail, Tag};
use crate::parse::{Refusal, sysfs, text};
use crate::role::{FIRMWARE, Shared, TAG};
use crate::source::machine::value;

/// The most that the kernel may ask for, kHz.
const MAX_FREQ: &str = "sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq";

/// Lets the firmware speak.
pub(crate) struct Speaker {
    shared: Arc<Shared>,
    fixed: Fixed,
    /// When the fixed part was last read whole, and when the property tags were last heard.
    read: Option<Timestamp>,
    heard: Option<Timestamp>,
}

impl Speaker {
    pub(crate) fn new(shared: Arc<Shared>) -> Speaker {
        Speaker { shared, fixed: Fixed::default(), read: None, heard: None }
    }

    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.present()?;
        let mut sum = Sum::default();
        self.hourly(now, &mut sum);
        let shared = &self.shared;
        let clocks = Clock::ALL.into_iter().filter_map(|clock| Some((clock.word(), sum.take(speed(shared, clock))?)));
        let clocks = clocks.collect();
        let volts = Rail::ALL.into_iter().filter_map(|rail| Some((rail.word(), sum.take(volts(shared, rail))?)));
        let volts = volts.collect();
        let celsius = sum.take(celsius(shared)).and_then(sysfs::plausible);
        let said = Said { clocks, volts, celsius, fixed: self.fixed.clone() };
        shared.keep(FIRMWARE, now, slow::firmware(&said));
        sum.outcome()
    }

    /// What does not change before a restart; read again each hour, or in the next round if it could not be.
    fn hourly(&mut self, now: Timestamp, sum: &mut Sum) {
        let is_young = |then: Option<Timestamp>| then.is_some_and(|then| now.since(then) < HOURLY);
        let shared = &self.shared;
        if !is_young(self.heard) {
            let built = shared.told(TAG, || shared.firmware.number(Tag::FirmwareBuild));
            self.heard = built.is_ok().then_some(now);
            self.fixed.built = built.ok().or(self.fixed.built);
        }
        if !is_young(self.read) {
            // Without the firmware, the most that the kernel may ask for.
            let kernel = || value(&shared.machine.at(MAX_FREQ), sysfs::kilohertz).ok();
            let arm_max = sum.take(arm_max(shared)).or_else(kernel);
            let hard = sum.take(hard_limit(shared));
            let soft = sum.take(setting(shared, Command::TempSoftLimit, "temp_soft_limit"));
            self.read = (arm_max.is_some() && hard.is_some()).then_some(now);
            self.fixed.arm_max = arm_max.or(self.fixed.arm_max);
            self.fixed.hard = hard.or(self.fixed.hard);
            self.fixed.soft = soft.map(degrees).or(self.fixed.soft);
        }
    }
}

fn speed(shared: &Shared, clock: Clock) -> Result<u64, Failure> {
    let told = told(shared, Command::MeasureClock(clock), text::frequency);
    or_else(told, || shared.firmware.number(Tag::ClockMeasured(clock)).map(u64::from))
}

fn volts(shared: &Shared, rail: Rail) -> Result<f64, Failure> {
    let told = told(shared, Command::MeasureVolts(rail), text::volts);
    or_else(told, || shared.firmware.number(Tag::Volts(rail)).map(|microvolts| f64::from(microvolts) / 1e6))
}

fn celsius(shared: &Shared) -> Result<f64, Failure> {
    let told = told(shared, Command::MeasureTemp, text::temperature);
    or_else(told, || shared.firmware.number(Tag::Temperature).map(|thousandths| f64::from(thousandths) / 1000.0))
}

fn arm_max(shared: &Shared) -> Result<u64, Failure> {
    let told = setting(shared, Command::ArmFreq, "arm_freq").map(|megahertz| megahertz.saturating_mul(1_000_000));
    or_else(told, || shared.firmware.number(Tag::ClockMax(Clock::Arm)).map(u64::from))
}

/// Its setting is 0 in some versions where nobody has set it: then the tag knows.
fn hard_limit(shared: &Shared) -> Result<f64, Failure> {
    let told = setting(shared, Command::TempLimit, "temp_limit");
    let told = told.and_then(|limit| match limit {
        1..=150 => Ok(degrees(limit)),
        _ => Err(Failure::new(FailureKind::Unsupported, "use", format!("temp_limit={limit}"))),
    });
    or_else(told, || shared.firmware.number(Tag::MaxTemperature).map(|thousandths| f64::from(thousandths) / 1000.0))
}

fn setting(shared: &Shared, command: Command, name: &str) -> Result<u64, Failure> {
    told(shared, command, |answer| text::setting(answer, name))
}

fn told<T>(shared: &Shared, command: Command, read: impl FnOnce(&[u8]) -> Result<T, Refusal>) -> Result<T, Failure> {
    let answer = shared.firmware.text(command)?;
    read(&answer).map_err(|refusal| Failure::new(refusal.kind(), "read the answer to", command.line()).because(refusal))
}

/// Settings are whole degrees.
fn degrees(setting: u64) -> f64 {
    f64::from(u32::try_from(setting).unwrap_or(u32::MAX))
}
