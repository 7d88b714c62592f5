//! Files that do not end: the threads of the real shell, and FIFOs in place of files.

use std::fs;
use std::io::{self, Write as _};

use gjallarhorn_service::config::{Span, parse};
use gjallarhorn_service::roles::Roles;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::*;

/// Far more than anything takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at a state that another thread changes.
const PAUSE: Duration = Duration::from_millis(10);

/// The role on a machine, run by the shell, with the shortest deadlines there are.
fn serve(machine: &Planted) -> (Roles, Health) {
    let health = Health::new("test");
    let config = Config { deadline: Span::seconds(1), ..parse("pi", "{}").unwrap() };
    let role = Arc::new(Pi::new(&config, machine.root(), &health, Box::new(Fake::new(machine))));
    (Roles::start(vec![role], &health).unwrap(), health)
}

/// Looks at the page until a source is in a state.
async fn until(roles: &Roles, health: &Health, source: &str, state: &str) -> String {
    let seen = async {
        loop {
            let page = roles.page(PATIENCE).await;
            if health.sources().iter().any(|row| row.source == source && row.state == state) {
                return page;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{source} is never {state}"))
}

/// Puts a FIFO in place of a file.
fn hang(machine: &Planted, file: &str) -> PathBuf {
    let path = fs::canonicalize(machine.at(file)).unwrap();
    fs::remove_file(&path).unwrap();
    mkfifo(&path, Mode::S_IRWXU).unwrap();
    path
}

/// Lets go whoever opens or reads it, with this content. Who holds files open reads them by position: a pipe refuses that,
/// and nobody is left to write for.
fn release(path: &std::path::Path, content: &str) {
    let mut writer = fs::OpenOptions::new().write(true).open(path).unwrap();
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
    let written = writer.write_all(content.as_bytes());
    assert!(written.is_ok() || written.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn a_disk_that_does_not_answer_hangs_alone() {
    let machine = Planted::fixture("pi5");
    let path = hang(&machine, "sys/class/hwmon/hwmon4/temp1_input");
    let (roles, health) = serve(&machine);
    let page = until(&roles, &health, SENSORS, "blocked").await;
    for series in [
        "rpi_throttle_flags ",
        "rpi_rtc_battery_volts ",
        "rpi_clock_requested_hertz{",
        "rpi_fan_rpm{",
        "rpi_supply_volts ",
    ] {
        assert!(page.contains(series), "a disk took {series} with it:\n{page}");
    }
    release(&path, "20000\n");
    let page = until(&roles, &health, SENSORS, "ok").await;
    assert!(page.contains("rpi_temperature_celsius{sensor=\"nvme0_composite\"} 20\n"), "{page}");
}

#[tokio::test]
async fn each_that_hangs_is_told_by_its_name_and_the_page_goes_on() {
    let machine = Planted::fixture("pi5");
    let files = [
        (HWMON_VOLT, "sys/class/hwmon/hwmon3/in0_lcrit_alarm"),
        (RTC, "sys/class/rtc/rtc0/battery_voltage"),
        (FAN, "sys/class/hwmon/hwmon2/fan1_input"),
        (CPUFREQ, "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq"),
        (BOOTLOADER, "proc/device-tree/chosen/bootloader/build_timestamp"),
    ];
    let paths: Vec<PathBuf> = files.iter().map(|(_, file)| hang(&machine, file)).collect();
    let (roles, health) = serve(&machine);
    for (source, _) in files {
        until(&roles, &health, source, "blocked").await;
    }
    let page = until(&roles, &health, SAMPLER, "blocked").await;
    assert!(page.contains("rpi_board_info{") && page.contains("rpi_supply_volts "), "{page}");
    assert!(!page.contains("rpi_undervoltage_alarm"), "{page}");
    for path in &paths {
        release(path, "0\n");
    }
    for source in [HWMON_VOLT, FAN, CPUFREQ, SAMPLER] {
        until(&roles, &health, source, "ok").await;
    }
    // Its next round is a minute away.
    until(&roles, &health, RTC, "timeout").await;
}
