//! Every source, and everything that can be wrong with it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use nix::errno::Errno;
use nix::unistd::{Uid, setfsuid};

use super::*;

const ZONE: &str = "sys/class/thermal/thermal_zone0";

/// A source of the kernel's, its poll, the file that it stands and falls with, and a value that is none.
const FILES: &[(&str, &str, &str, &str)] = &[
    (HWMON_VOLT, SAMPLER, "sys/class/hwmon/hwmon3/in0_lcrit_alarm", "maybe"),
    (THERMAL, SAMPLER, "sys/class/thermal/thermal_zone0/temp", "warm"),
    (CPUFREQ, CPUFREQ, "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "<unsupported>"),
    (FAN, FAN, "sys/class/hwmon/hwmon2/fan1_input", "fast"),
    (SENSORS, SENSORS, "sys/class/hwmon/hwmon1/temp1_input", "hot"),
    (RTC, RTC, "sys/class/rtc/rtc0/battery_voltage", "full"),
    (PSU, DEVICETREE, "proc/device-tree/chosen/power/max_current", "five amperes"),
    (BOOTLOADER, DEVICETREE, "proc/device-tree/chosen/bootloader/build_timestamp", "long ago"),
];

/// The state of a source after a round on a machine that was changed.
fn after(source: &str, poll: &str, change: impl FnOnce(&Planted)) -> &'static str {
    let machine = Planted::fixture("pi5");
    change(&machine);
    let mut stage = Stage::on(machine);
    let _ = stage.round(poll, at(0));
    stage.page(at(0));
    stage.state_of(source)
}

#[test]
fn every_file_that_says_nonsense_is_malformed() {
    for (source, poll, file, nonsense) in FILES {
        assert_eq!(after(source, poll, |machine| machine.write(file, nonsense)), "malformed", "{source}");
        assert_eq!(after(source, poll, |machine| machine.write(file, "")), "malformed", "{source}");
        assert_eq!(
            after(source, poll, |machine| fs::write(machine.at(file), [0xff; 9]).unwrap()),
            "malformed",
            "{source}"
        );
    }
}

#[test]
fn every_file_that_is_not_there_is_absent() {
    for (source, poll, file, _) in FILES {
        // Of a fan or a disk, other things remain that are as they should be.
        let expected = if matches!(*source, FAN | SENSORS) { "ok" } else { "absent" };
        assert_eq!(after(source, poll, |machine| machine.remove(file)), expected, "{source}");
    }
    let bare = |machine: &Planted| machine.remove("sys/class/hwmon");
    assert_eq!((after(FAN, FAN, bare), after(SENSORS, SENSORS, bare)), ("absent", "absent"));
    let treeless = |machine: &Planted| machine.remove("proc/device-tree");
    assert_eq!(after(DEVICETREE, DEVICETREE, treeless), "absent");
}

/// A folder in place of a file: the system answers, and the answer is no.
#[test]
fn every_file_that_will_not_be_read_is_refused() {
    for (source, poll, file, _) in FILES {
        let refuses = |machine: &Planted| {
            machine.remove(file);
            fs::create_dir(machine.at(file)).unwrap();
        };
        // A round in which other readings are well does not fail for one that is refused.
        let expected = if matches!(*source, FAN | SENSORS) { "ok" } else { "refused" };
        assert_eq!(after(source, poll, refuses), expected, "{source}");
    }
}

/// On this thread alone, nobody's rights instead of root's.
#[test]
fn every_file_that_may_not_be_read_is_denied() {
    for (source, poll, file, _) in FILES {
        let machine = Planted::fixture("pi5");
        fs::set_permissions(machine.root(), Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(machine.at(file), Permissions::from_mode(0o000)).unwrap();
        let mut stage = Stage::on(machine);
        setfsuid(Uid::from_raw(65_534));
        let _ = stage.round(poll, at(0));
        setfsuid(Uid::current());
        assert_eq!(stage.state_of(source), "denied", "{source}");
    }
}

/// What the firmware's sources say when it behaves so.
fn states(mood: Mood) -> [&'static str; 4] {
    let mut stage = Stage::fixture("pi5");
    stage.mood(mood);
    for source in [SAMPLER, FIRMWARE, PMIC] {
        let _ = stage.round(source, at(0));
    }
    let page = stage.page(at(0));
    assert!(!page.contains("rpi_throttle_flags") && !page.contains("rpi_supply_volts"), "{page}");
    assert!(!page.contains("rpi_clock_measured"), "{page}");
    assert_eq!(value(&page, "rpi_temperature_celsius{sensor=\"soc_kernel\"}"), Some("51.85"), "the rest goes on");
    [GENCMD, TAG, FIRMWARE, PMIC].map(|source| stage.state_of(source))
}

#[test]
fn every_way_in_which_the_firmware_says_no_is_told() {
    let closed = |errno: Errno| Mood::Says(Outcome::Closed(errno as i32));
    let errno = |errno: Errno| Mood::Says(Outcome::Errno(errno as i32));
    for (mood, state) in [
        (closed(Errno::ENOENT), "absent"),
        (closed(Errno::EACCES), "denied"),
        (closed(Errno::EPERM), "denied"),
        (errno(Errno::EPERM), "denied"),
        (errno(Errno::EACCES), "denied"),
        (errno(Errno::ENOENT), "absent"),
        (errno(Errno::EINVAL), "refused"),
        (errno(Errno::ENOSYS), "unsupported"),
        (errno(Errno::ENOTTY), "unsupported"),
        (errno(Errno::ETIMEDOUT), "timeout"),
        (Mood::Says(Outcome::Message(b"nonsense".to_vec())), "malformed"),
        (Mood::Says(Outcome::Message(vec![0xff; 9000])), "malformed"),
        (Mood::Fails(FailureKind::Lost), "lost"),
        (Mood::Fails(FailureKind::Timeout), "timeout"),
    ] {
        assert_eq!(states(mood.clone()), [state; 4], "{mood:?}");
    }
}

#[test]
fn a_firmware_that_hangs_is_told_and_holds_up_nothing_else() {
    assert_eq!(states(Mood::Hangs), ["blocked"; 4]);
    let mut stage = Stage::fixture("pi5");
    stage.look(at(0));
    stage.mood(Mood::Hangs);
    for second in 1..4 {
        stage.look(at(second));
    }
    stage.machine.write("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1");
    stage.look(at(4));
    assert_eq!(stage.state_of(GENCMD), "blocked");
    assert!(stage.role.explain(at(4)).contains("has not come back"));
    let page = stage.page(at(4));
    let events = value(&page, "rpi_throttle_events_total{condition=\"under_voltage\"}");
    assert_eq!((value(&page, "rpi_undervoltage_alarm"), events), (Some("1"), Some("1")), "the kernel's alarm is seen");
    stage.mood(Mood::Answers);
    stage.look(at(5));
    assert_eq!((stage.state_of(GENCMD), stage.value("rpi_throttle_flags", at(5)).as_deref()), ("ok", Some("0")));
}

#[test]
fn one_broken_trip_or_line_takes_nothing_else_with_it() {
    let mut stage = Stage::fixture("pi5");
    stage.machine.write(&format!("{ZONE}/trip_point_0_temp"), "low");
    let readings = "EXT5V_V volt(24)=5.0V\nHDMI_V volt(23)=nanV\n";
    stage.machine.write("dev/vcio/pmic_read_adc", readings);
    stage.rounds(at(0));
    assert_eq!((stage.state_of(FAN), stage.state_of(PMIC)), ("malformed", "malformed"));
    let page = stage.page(at(0));
    assert_eq!(value(&page, "rpi_fan_rpm{fan=\"pwmfan\"}"), Some("1468"));
    assert_eq!(value(&page, "rpi_temperature_limit_celsius{sensor=\"soc_kernel\",limit=\"critical\"}"), Some("110"));
    assert_eq!((value(&page, "rpi_supply_volts"), value(&page, "rpi_pmic_power_watts")), (Some("5"), None));
}
