//! What was found is read where it is, for as long as it is the same.

use std::fs;

use super::*;

const FAN_CHIP: &str = "sys/class/hwmon/hwmon2";
const ADC: &str = "sys/class/hwmon/hwmon1";
const RPM: &str = "rpi_fan_rpm{fan=\"pwmfan\"}";
const RP1: &str = "rpi_temperature_celsius{sensor=\"rp1\"}";
const NVME: &str = "rpi_temperature_celsius{sensor=\"nvme0_composite\"}";

/// A machine that was looked at once.
fn looked() -> Stage {
    let mut stage = Stage::fixture("pi5");
    for source in [FAN, SENSORS] {
        stage.round(source, at(0)).unwrap();
    }
    stage
}

#[test]
fn what_moves_is_read_in_each_round_and_names_once_a_minute() {
    let mut stage = looked();
    for (chip, file) in [(FAN_CHIP, "fan1_input"), (ADC, "temp1_input")] {
        stage.machine.write(&format!("{chip}/name"), "another");
        stage.machine.write(&format!("{chip}/{file}"), "2000");
    }
    for (second, source) in [(10, FAN), (10, SENSORS), (15, FAN), (15, SENSORS)] {
        stage.round(source, at(second)).unwrap();
    }
    assert_eq!((stage.value(RPM, at(15)).as_deref(), stage.value(RP1, at(15)).as_deref()), (Some("2000"), Some("2")));
    let _ = stage.round(FAN, at(60));
    stage.round(SENSORS, at(60)).unwrap();
    assert_eq!((stage.value(RPM, at(60)), stage.value(RP1, at(60))), (None, None), "by its new name it is none");
}

#[test]
fn a_number_that_was_given_anew_is_another_thing() {
    let mut stage = looked();
    let chip = fs::canonicalize(stage.machine.at(ADC)).unwrap();
    fs::remove_dir_all(&chip).unwrap();
    fs::create_dir(&chip).unwrap();
    fs::write(chip.join("name"), "nvme\n").unwrap();
    fs::write(chip.join("temp1_input"), "70850\n").unwrap();
    stage.round(SENSORS, at(15)).unwrap();
    assert_eq!(stage.value(RP1, at(15)), None);
    let heat = stage.value("rpi_temperature_celsius{sensor=\"hwmon1_1\"}", at(15));
    assert_eq!(heat.as_deref(), Some("70.85"));
    assert_eq!(stage.value(NVME, at(15)).as_deref(), Some("17.85"), "the other goes on");
}

#[test]
fn what_is_gone_leaves_the_page_and_is_found_where_it_comes_back() {
    let mut stage = looked();
    stage.machine.remove(&format!("{FAN_CHIP}/fan1_input"));
    stage.round(FAN, at(15)).unwrap();
    assert_eq!(stage.value(RPM, at(15)), None);
    stage.machine.write(&format!("{FAN_CHIP}/fan1_input"), "900");
    let _ = stage.round(FAN, at(30));
    stage.round(FAN, at(75)).unwrap();
    assert_eq!(stage.value(RPM, at(75)).as_deref(), Some("900"));
}

#[test]
fn what_says_nonsense_is_told_each_time_until_it_is_well() {
    let mut stage = looked();
    for second in [15, 30] {
        stage.machine.write(&format!("{FAN_CHIP}/fan1_input"), "fast");
        assert_eq!(stage.round(FAN, at(second)).unwrap_err().kind, FailureKind::Malformed);
        assert_eq!(stage.value(RPM, at(second)), None);
    }
    stage.machine.write(&format!("{FAN_CHIP}/fan1_input"), "900");
    stage.round(FAN, at(45)).unwrap();
    assert_eq!(stage.value(RPM, at(45)).as_deref(), Some("900"));
}

#[test]
fn what_cannot_be_looked_for_is_told_in_each_round() {
    let mut stage = Stage::fixture("pi5");
    stage.machine.remove("sys/class/thermal/thermal_zone0");
    stage.machine.remove("sys/class/hwmon");
    for second in [0, 15, 30] {
        let of = |outcome: Result<(), Failure>| outcome.map_err(|failure| format!("{failure:?}")).unwrap_err();
        let whys = [FAN, SENSORS].map(|source| of(stage.round(source, at(second))));
        let [fan, sensors] = whys;
        assert!(fan.contains("Absent") && sensors.contains("Absent") && sensors.contains("list"), "{fan} {sensors}");
    }
}

#[test]
fn more_files_than_a_board_has_are_told_and_not_held() {
    let mut stage = Stage::fixture("pi5");
    for number in 0..70 {
        let chip = format!("sys/class/hwmon/hwmon{}", 500 + number);
        stage.machine.write(&format!("{chip}/name"), "nvme");
        stage.machine.write(&format!("{chip}/temp1_input"), "30000");
    }
    assert_eq!(stage.round(SENSORS, at(0)).unwrap_err().kind, FailureKind::Oversized);
    assert_eq!(stage.value(NVME, at(0)).as_deref(), Some("17.85"), "what fits is read");
}
