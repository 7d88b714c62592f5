//! The role: the names of its sources, and what it gives to the shell.
//!
//! The sampler and every poll have a thread of their own (see [`crate::polls`]); a scrape only renders what is in memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::{Fresh, Poll, Role};
use gjallarhorn_service::{Failure, Timestamp};

use crate::config::Config;
use crate::explain;
use crate::families::TABLE;
use crate::polls::{self, CELL, Cooler, HOURLY, Sampler, Speaker, Thermometers};
use crate::source::firmware::Ask;

mod shared;
#[cfg(test)]
mod tests;

pub(crate) use shared::Shared;

/// The role's name.
pub const NAME: &str = "pi";
/// Whether this is a Raspberry Pi at all.
pub const BOARD: &str = "board";
/// A look of the sampler as a whole.
pub const SAMPLER: &str = "sampler";
/// The firmware's text commands, by the throttle bits.
pub const GENCMD: &str = "gencmd";
/// The firmware's property tags.
pub const TAG: &str = "tag";
/// The kernel's under-voltage alarm.
pub const HWMON_VOLT: &str = "hwmon_volt";
/// The kernel's temperature of the chip.
pub const THERMAL: &str = "thermal";
/// Clocks, voltages and limits by the firmware.
pub const FIRMWARE: &str = "firmware";
/// The power chip of a Raspberry Pi 5.
pub const PMIC: &str = "pmic";
/// The kernel's word on the CPU's clock.
pub const CPUFREQ: &str = "cpufreq";
/// Fans, what else cools, and the trips.
pub const FAN: &str = "fan";
/// Other temperatures.
pub const SENSORS: &str = "sensors";
/// The cell of the clock.
pub const RTC: &str = "rtc";
/// The device tree.
pub const DEVICETREE: &str = "devicetree";
/// The supply's part of the device tree.
pub const PSU: &str = "psu";
/// The bootloader's part of the device tree.
pub const BOOTLOADER: &str = "bootloader";

/// A round that asks the firmware waits for at most so many deadlines: one for the turn, two for both its doors.
const TURNS: u32 = 3;

/// The pi role.
pub struct Pi {
    shared: Arc<Shared>,
}

impl Pi {
    /// The role on the machine below `root`, asking the firmware through `asked`. Looks for a board, which blocks.
    pub(crate) fn new(config: &Config, root: &Path, health: &Health, asked: Box<dyn Ask>) -> Pi {
        let shared = Shared::new(config, root, health, asked);
        Pi { shared: Arc::new(shared) }
    }

    /// A poll whose rounds need nothing but what is shared.
    fn poll(
        &self,
        source: &'static str,
        interval: Duration,
        round: fn(&Shared, Timestamp) -> Result<(), Failure>,
    ) -> Poll {
        let shared = Arc::clone(&self.shared);
        let deadline = shared.config.deadline.get() * TURNS;
        Poll::new(source, interval, deadline, move |now| round(&shared, now))
    }
}

impl Role for Pi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn is_remembered(&self) -> bool {
        true
    }

    fn fresh(&self, now: Timestamp) -> Fresh {
        let outcome = self.shared.known();
        let row = self.shared.health.role(NAME);
        row.active(outcome.is_ok());
        if outcome.is_ok() {
            row.expected(true);
        }
        let samples = if outcome.is_ok() { self.shared.live(now) } else { Snapshot::default() };
        Fresh { samples, outcome }
    }

    fn fresh_source(&self) -> &'static str {
        BOARD
    }

    fn kept(&self, now: Timestamp) -> Vec<Arc<Snapshot>> {
        self.shared.young(now)
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        let config = &self.shared.config;
        let (fast, slow) = (config.interval.get(), config.slow_interval.get());
        let deadline = config.deadline.get() * TURNS;
        let mut sampler = Sampler::new(Arc::clone(&self.shared));
        let mut speaker = Speaker::new(Arc::clone(&self.shared));
        let mut cooler = Cooler::new(Arc::clone(&self.shared));
        let mut thermometers = Thermometers::new(Arc::clone(&self.shared));
        vec![
            Poll::new(SAMPLER, fast, deadline, move |now| sampler.round(now)),
            Poll::new(FIRMWARE, slow, deadline, move |now| speaker.round(now)),
            Poll::new(FAN, slow, deadline, move |now| cooler.round(now)),
            self.poll(PMIC, slow, polls::pmic),
            self.poll(CPUFREQ, slow, polls::cpufreq),
            Poll::new(SENSORS, slow, deadline, move |now| thermometers.round(now)),
            self.poll(RTC, CELL, polls::rtc),
            self.poll(DEVICETREE, HOURLY, polls::devicetree),
        ]
    }

    fn explain(&self, now: Timestamp) -> String {
        explain::text(&self.shared, now)
    }
}
