//! Golden pages of the machines. A page that changes is looked at, and accepted with `INSTA_UPDATE=always`.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// Every machine but the one without a board.
const MACHINES: [&str; 8] = ["pi3-mainline", "pi4", "pi4-hot", "pi4-pod", "pi4-tags", "pi5", "pi5-undervolt", "zero2w"];

/// A page after three looks and a round of everything, with the state of every source behind it.
fn page_of(machine: &str) -> String {
    let mut stage = Stage::fixture(machine);
    stage.look(at(0));
    stage.look(at(1));
    stage.rounds(at(2));
    let mut page = stage.page(at(2));
    for row in stage.role.shared.health.sources() {
        page += &format!("# {}: {}\n", row.source, row.state);
    }
    page
}

fn golden(name: &str, page: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, page));
}

#[test]
fn pages_of_machines_are_golden() {
    for machine in MACHINES.iter().chain(&["broken"]) {
        golden(machine, &page_of(machine));
    }
}

/// A supply that drops once, seen by everyone, and a fan that has stood still for more than a minute.
fn eventful() -> String {
    let mut stage = Stage::fixture("pi5");
    let alarm = "sys/class/hwmon/hwmon3/in0_lcrit_alarm";
    stage.look(at(0));
    stage.machine.write("dev/vcio/get_throttled", "throttled=0x50005");
    stage.look(at(1));
    stage.machine.write(alarm, "1");
    stage.look(at(2));
    stage.machine.write(alarm, "0");
    stage.machine.write("dev/vcio/get_throttled", "throttled=0x50000");
    stage.machine.write("sys/class/hwmon/hwmon2/fan1_input", "0");
    for step in 0..8 {
        stage.machine.write("sys/class/thermal/thermal_zone0/temp", &format!("{}", 60_000 + 1000 * step));
        stage.rounds(at(3 + step * 10));
    }
    stage.page(at(74))
}

#[test]
fn an_eventful_page_is_golden() {
    golden("pi5-eventful", &eventful());
}

#[test]
fn every_family_is_on_the_page_of_some_machine() {
    let pages: String = MACHINES.iter().map(|machine| page_of(machine)).chain([eventful()]).collect();
    let shown: BTreeSet<&str> =
        pages.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = TABLE.iter().map(|family| family.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_machine_that_is_no_board_says_nothing_at_all() {
    let mut stage = Stage::fixture("x86");
    stage.rounds(at(0));
    assert_eq!(samples(&stage.page(at(0))), [""; 0]);
    assert_eq!(stage.role.fresh(at(0)).outcome.unwrap_err().kind, FailureKind::Absent);
    assert_eq!(stage.role.explain(at(0)), "This is no Raspberry Pi.\n");
    assert_eq!(crate::exporter::look(stage.machine.root()).unwrap_err().kind, FailureKind::Absent);
}

/// A pod in which the host's `/sys` is mounted, and nothing else of it.
#[test]
fn the_device_tree_is_found_behind_sys() {
    let machine = Planted::fixture("pi4-pod");
    let tree = machine.at("sys/firmware/devicetree");
    std::fs::create_dir_all(&tree).unwrap();
    let whole = Planted::fixture("pi4");
    std::fs::rename(whole.at("proc/device-tree"), tree.join("base")).unwrap();
    machine.remove("proc");
    let mut stage = Stage::on(machine);
    stage.rounds(at(0));
    let page = stage.page(at(0));
    assert!(page.contains("rpi_board_info{model=\"Raspberry Pi 4 Model B Rev 1.4\",board=\"4-model-b\""), "{page}");
    assert!(page.contains("rpi_bootloader_build_timestamp_seconds "), "{page}");
    assert_eq!((stage.state_of(DEVICETREE), stage.state_of(GENCMD)), ("ok", "absent"));
}

#[test]
fn an_alarm_reads_1() {
    let mut stage = Stage::fixture("pi5-undervolt");
    stage.look(at(0));
    assert_eq!(stage.value("rpi_undervoltage_alarm", at(0)).as_deref(), Some("1"));
}

#[test]
fn a_board_without_a_detector_is_not_called_fine() {
    let page = page_of("zero2w");
    assert_eq!(value(&page, "rpi_undervoltage_detector_present"), Some("0"));
    assert!(!page.contains("rpi_undervoltage_alarm"));
    assert_eq!(value(&page, "rpi_throttle_active{condition=\"under_voltage\"}"), None);
    assert_eq!(value(&page, "rpi_throttle_active{condition=\"soft_temperature_limit\"}"), Some("1"));
}

#[test]
fn what_a_sensor_says_that_has_no_value_is_dropped() {
    let page = page_of("pi5");
    for nonsense in ["65261", "-273", "0.868"] {
        assert!(!page.contains(nonsense), "{nonsense}");
    }
}

#[test]
fn since_boot_comes_from_the_text_alone() {
    assert!(page_of("pi5-undervolt").contains("rpi_throttle_occurred_since_boot{condition=\"throttled\"} 1\n"));
    let tags = page_of("pi4-tags");
    assert!(tags.contains("rpi_throttle_active{condition=\"throttled\"} 1\n"));
    assert!(!tags.contains("rpi_throttle_occurred_since_boot"));
}

#[test]
fn a_nonsense_of_a_machine_has_no_value_and_every_source_says_so() {
    let page = page_of("broken");
    for family in [
        "rpi_temperature",
        "rpi_clock",
        "rpi_supply",
        "rpi_throttle_active{",
        "rpi_undervoltage_alarm",
        "rpi_fan_r",
        "rpi_rtc",
    ] {
        assert!(!page.lines().any(|line| line.starts_with(family)), "{family}");
    }
    for source in [GENCMD, HWMON_VOLT, THERMAL, FIRMWARE, PMIC, CPUFREQ, FAN, SENSORS, RTC, PSU, BOOTLOADER] {
        assert!(page.contains(&format!("# {source}: malformed\n")), "{source}");
    }
}

#[test]
fn the_explanation_names_the_door_and_the_command_that_opens_it() {
    let mut stage = Stage::fixture("pi5-undervolt");
    stage.rounds(at(0));
    let words = stage.role.explain(at(0));
    for part in ["Raspberry Pi 5 Model B Rev 1.0", "under_voltage, throttled", "0x50005", "tags        denied"] {
        assert!(words.contains(part), "{part}:\n{words}");
    }
    let mut closed = Stage::fixture("pi4-pod");
    closed.machine.write("dev/vcio_gencmd/open", "errno 13");
    closed.rounds(at(0));
    let words = closed.role.explain(at(0));
    assert!(words.contains("usermod -aG video") && words.contains("--root /host"), "{words}");
    assert!(words.contains("no /dev/vcio_gencmd at all") && words.contains("cannot be read"), "{words}");
    assert!(!words.contains("nothing holds it back"), "{words}");
}
