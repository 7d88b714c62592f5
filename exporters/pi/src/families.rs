//! The family table of the pi role: every name, help, type, unit and label it can say.
//!
//! "No sample" means that the value does not apply or is not known; it is never written as 0. Where each value comes from,
//! and why it is missing, stands in `gjallarhorn_source_state{role="pi"}`. Counters and the histogram marked *(sampled)*
//! are kept by a sampler that looks once a second; they begin at 0 with each start of the exporter. What such a sampler can
//! promise: no under-voltage alarm of the kernel is lost, because the kernel holds it for two seconds; a throttle bit that
//! was set for less than a second is seen only if the firmware's since-boot bit changes with it.

use gjallarhorn_metrics::families;

use crate::parse::throttle::Condition;

/// Which device answers text commands.
pub const DOORS: &[&str] = &["vcio_gencmd", "vcio", "none"];
/// The limits of a temperature.
pub const LIMITS: &[&str] = &["throttle_start", "throttle_hard", "soft", "critical"];
/// What reset a Raspberry Pi 5, in the order of the bits of `power_reset`.
pub const RESETS: &[&str] = &["over_voltage", "under_voltage", "over_temperature", "enable", "watchdog"];

families! {
    /// What the board is, value 1. A label that is not known is empty.
    pub BOARD_INFO = gauge "rpi_board_info" None [model, board, revision, soc, memory, kernel];
    /// When the running firmware was built.
    pub FIRMWARE_BUILD = gauge "rpi_firmware_build_timestamp_seconds" Seconds [];
    /// When the bootloader was built (Raspberry Pi 4 and later).
    pub BOOTLOADER_BUILD = gauge "rpi_bootloader_build_timestamp_seconds" Seconds [];
    /// Which device answers the firmware's text commands: 1 for the one in use, none if there is none or it may not be
    /// opened.
    pub FIRMWARE_DOOR = gauge "rpi_firmware_door" None [door: DOORS];

    /// Whether the board can notice a weak supply (1) or not (0): nothing said about under-voltage on a board without a
    /// detector means nothing. No sample if the model is not known.
    pub DETECTOR = gauge "rpi_undervoltage_detector_present" None [];
    /// Whether the condition held at the last look, a second ago at most. No sample for under-voltage on a board without
    /// a detector.
    pub THROTTLE_ACTIVE = gauge "rpi_throttle_active" None [condition: Condition::WORDS];
    /// Whether the condition has occurred since boot, as the firmware remembers it. Only from its text command: the bits
    /// of the property tag are cleared every two seconds by a driver of the kernel.
    pub THROTTLE_OCCURRED = gauge "rpi_throttle_occurred_since_boot" None [condition: Condition::WORDS];
    /// The answer of `get_throttled` as one number: bits 0 to 3 hold now, bits 16 to 19 have held before.
    pub THROTTLE_FLAGS = gauge "rpi_throttle_flags" None [];
    /// How often the condition began, since the start of the exporter (sampled). Every under-voltage alarm of the kernel
    /// is counted, once; a bit set for less than a second only if its since-boot bit changes with it.
    pub THROTTLE_EVENTS = counter "rpi_throttle_events_total" None [condition: Condition::WORDS];
    /// For how long the condition held, since the start of the exporter, to the second (sampled). Time in which nothing
    /// could be read is not counted.
    pub THROTTLE_ACTIVE_SECONDS = counter "rpi_throttle_active_seconds_total" Seconds [condition: Condition::WORDS];
    /// When the condition last began, since the start of the exporter; no sample if it has not (sampled).
    pub THROTTLE_LAST_EVENT = gauge "rpi_throttle_last_event_timestamp_seconds" Seconds [condition: Condition::WORDS];
    /// Whether the supply was too weak within the last two seconds, as the kernel's driver rpi_volt tells it: 0 or 1.
    pub ALARM = gauge "rpi_undervoltage_alarm" None [];

    /// The speed at which a clock really runs, measured by the firmware. Clocks that stand still are left out.
    pub CLOCK_MEASURED = gauge "rpi_clock_measured_hertz" Hertz [clock];
    /// The speed that Linux has asked for and believes to have.
    pub CLOCK_REQUESTED = gauge "rpi_clock_requested_hertz" Hertz [clock];
    /// The highest speed of the clock by the board's configuration.
    pub CLOCK_MAX = gauge "rpi_clock_max_hertz" Hertz [clock];

    /// Temperatures: soc is the firmware's word on the chip, soc_kernel the kernel's, rp1 the I/O chip of a Raspberry
    /// Pi 5, nvme0_composite a disk's. What a sensor reports when it has no value is dropped.
    pub TEMPERATURE = gauge "rpi_temperature_celsius" Celsius [sensor];
    /// Limits of a temperature: throttle_hard is the firmware's (85 by default), throttle_start 5 below it as documented,
    /// soft that of the 3B+ and 3A+, critical switches the board or disk off.
    pub TEMPERATURE_LIMIT = gauge "rpi_temperature_limit_celsius" Celsius [sensor, limit: LIMITS];
    /// Temperature of the chip at every look, one a second: how long it was above a limit between two scrapes (sampled).
    pub TEMPERATURE_SAMPLED = histogram "rpi_soc_temperature_sampled_celsius" Celsius [];

    /// Revolutions per minute of a fan with a tachometer. The one of the Raspberry Pi 5 is known to read 0 while it turns.
    pub FAN_RPM = gauge "rpi_fan_rpm" None [fan];
    /// How hard the fan is driven. A fan that can only be switched says 0 or 1.
    pub FAN_DUTY = gauge "rpi_fan_duty_ratio" Ratio [fan];
    /// The step at which a cooling device runs.
    pub COOLING_STATE = gauge "rpi_cooling_state" None [device];
    /// The highest step of a cooling device.
    pub COOLING_STATE_MAX = gauge "rpi_cooling_state_max" None [device];
    /// Whether the board has set up a fan (1) or not (0). The bootloader of a Raspberry Pi 5 does not, if the fan did not
    /// turn at boot.
    pub FAN_EXPECTED = gauge "rpi_fan_expected" None [];
    /// 1 once a driven fan read 0 rpm for a minute while the chip rose above the lowest trip and its hysteresis; 0 when
    /// it turns, is not driven, or the chip has cooled. No sample without a tachometer.
    pub FAN_STALLED = gauge "rpi_fan_stalled" None [fan];

    /// The 5 V that reach the board, measured by its power chip (Raspberry Pi 5).
    pub SUPPLY_VOLTS = gauge "rpi_supply_volts" Volts [];
    /// Voltage of a rail by the power chip.
    pub PMIC_VOLTS = gauge "rpi_pmic_rail_volts" Volts [rail];
    /// Current of a rail by the power chip.
    pub PMIC_AMPERES = gauge "rpi_pmic_rail_amperes" Amperes [rail];
    /// What all rails of the power chip draw together. Board rails only: peripherals on 5 V are not in it, because nothing
    /// measures the current of the input.
    pub PMIC_WATTS = gauge "rpi_pmic_power_watts" Watts [];
    /// Voltage of a rail as the firmware has set it.
    pub RAIL_VOLTS = gauge "rpi_rail_volts" Volts [rail];
    /// What the power supply said it can give, at boot. A board fed through its pins says 3.
    pub PSU_AMPERES = gauge "rpi_psu_max_current_amperes" Amperes [];
    /// Whether USB devices may draw the full current (1) or not (0).
    pub USB_FULL = gauge "rpi_usb_max_current_enabled" None [];
    /// Whether USB drew too much current before the system started (1) or not (0).
    pub USB_OVER = gauge "rpi_usb_over_current_at_boot" None [];
    /// Why the power chip reset the board the last time: 1 for each reason that it names.
    pub RESET_CAUSE = gauge "rpi_reset_cause" None [cause: RESETS];
    /// Voltage of the clock's cell; 0 without one.
    pub RTC_BATTERY = gauge "rpi_rtc_battery_volts" Volts [];
    /// Voltage at which the clock's cell is charged; 0 if it is not.
    pub RTC_CHARGE = gauge "rpi_rtc_charge_volts" Volts [];

    /// Looks the sampler has taken since the start of the exporter.
    pub SAMPLES = counter "rpi_sampler_samples_total" None [];
    /// Looks that came half an interval too late or more: what happened in between may have been missed.
    pub LATE = counter "rpi_sampler_late_total" None [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_good() {
        let findings = gjallarhorn_metrics::lint::tables(&[TABLE]);
        assert!(findings.is_empty(), "{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }
}
