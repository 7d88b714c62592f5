//! What happens between two scrapes.

use super::*;

const ALARM: &str = "sys/class/hwmon/hwmon3/in0_lcrit_alarm";
const EVENTS: &str = "rpi_throttle_events_total{condition=\"under_voltage\"}";

#[test]
fn an_alarm_held_for_two_seconds_between_two_scrapes_is_counted_once() {
    let mut stage = Stage::fixture("pi5");
    stage.look(at(0));
    assert_eq!(stage.value(EVENTS, at(0)).as_deref(), Some("0"));
    stage.machine.write(ALARM, "1");
    stage.look(at(1));
    stage.look(at(2));
    stage.machine.write(ALARM, "0");
    for second in 3..15 {
        stage.look(at(second));
    }
    assert_eq!(stage.value(EVENTS, at(15)).as_deref(), Some("1"));
    assert_eq!(stage.value("rpi_undervoltage_alarm", at(15)).as_deref(), Some("0"));
    let last = "rpi_throttle_last_event_timestamp_seconds{condition=\"under_voltage\"}";
    assert_eq!(stage.value(last, at(15)).as_deref(), Some("1800000001"));
}

#[test]
fn an_old_look_is_not_the_present_and_its_counts_remain() {
    let mut stage = Stage::fixture("pi5");
    stage.look(at(0));
    let page = stage.page(at(5));
    assert!(!page.contains("rpi_undervoltage_alarm") && !page.contains("rpi_throttle_active{"), "{page}");
    assert_eq!(value(&page, EVENTS), Some("0"));
}

#[test]
fn a_sensor_whose_number_moves_is_found_again() {
    let mut stage = Stage::fixture("pi5");
    stage.look(at(0));
    std::fs::rename(stage.machine.at("sys/class/hwmon/hwmon3"), stage.machine.at("sys/class/hwmon/hwmon9")).unwrap();
    stage.look(at(1));
    assert_eq!(stage.value("rpi_undervoltage_alarm", at(1)).as_deref(), Some("0"));
    assert_eq!(stage.state_of(HWMON_VOLT), "ok");
}

#[test]
fn a_driver_that_comes_late_is_found() {
    let mut stage = Stage::fixture("pi5");
    std::fs::rename(stage.machine.at("sys/class/hwmon/hwmon3"), stage.machine.at("sys/class/away")).unwrap();
    stage.look(at(0));
    assert_eq!(stage.state_of(HWMON_VOLT), "absent");
    std::fs::rename(stage.machine.at("sys/class/away"), stage.machine.at("sys/class/hwmon/hwmon3")).unwrap();
    stage.look(at(1));
    assert_eq!(stage.state_of(HWMON_VOLT), "absent", "it is looked for at the slow pace");
    stage.look(at(15));
    assert_eq!(stage.state_of(HWMON_VOLT), "ok");
}

/// A sensor that is busy refuses once, and is asked again in a second.
#[test]
fn a_sensor_that_refuses_is_not_left_alone() {
    let mut stage = Stage::fixture("pi5");
    let file = "sys/devices/virtual/thermal/thermal_zone0/temp";
    stage.machine.remove(file);
    std::fs::create_dir(stage.machine.at(file)).unwrap();
    stage.look(at(0));
    assert_eq!(stage.state_of(THERMAL), "refused");
    stage.machine.remove(file);
    stage.machine.write(file, "50000");
    stage.look(at(1));
    assert_eq!(stage.value("rpi_temperature_celsius{sensor=\"soc_kernel\"}", at(1)).as_deref(), Some("50"));
}

#[test]
fn a_door_that_opens_is_used() {
    let mut stage = Stage::fixture("pi4-pod");
    stage.look(at(0));
    assert_eq!(stage.state_of(GENCMD), "absent");
    stage.machine.write("dev/vcio_gencmd/get_throttled", "throttled=0x0");
    stage.look(at(20));
    assert_eq!((stage.state_of(GENCMD), stage.value("rpi_throttle_flags", at(20)).as_deref()), ("ok", Some("0")));
    assert_eq!(stage.value("rpi_firmware_door{door=\"vcio_gencmd\"}", at(20)).as_deref(), Some("1"));
}

#[test]
fn slow_readings_disappear_when_they_are_too_old() {
    let mut stage = Stage::fixture("pi5");
    stage.rounds(at(0));
    let supply = "rpi_supply_volts";
    assert_eq!(stage.value(supply, at(59)).as_deref(), Some("5.09066"));
    assert_eq!(stage.value(supply, at(60)), None);
    assert!(stage.page(at(60)).contains("rpi_board_info"), "the board does not change");
    assert!(!stage.page(at(3 * 3600)).contains("rpi_board_info"));
}

/// What the firmware refuses costs a line in the kernel's log each time.
#[test]
fn a_refusal_is_not_asked_for_again() {
    let mut stage = Stage::fixture("pi4");
    stage.rounds(at(0));
    assert_eq!(stage.state_of(PMIC), "unsupported");
    stage.machine.write("dev/vcio/pmic_read_adc", "EXT5V_V volt(24)=5.0V");
    stage.rounds(at(10));
    assert_eq!(stage.state_of(PMIC), "unsupported");
    assert!(stage.role.explain(at(10)).contains("pmic_read_adc: ask for pmic_read_adc: unsupported"));
}
