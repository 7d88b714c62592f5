//! A Raspberry Pi whose firmware hangs: the child that asks it is stuck, and nothing else is.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::program::{Service, run};

/// Far more than anything takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A board with a model, a temperature and a firmware that says `throttled`.
fn board(throttled: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let zone = "sys/class/thermal/thermal_zone0";
    for (path, content) in [
        ("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0"),
        (&format!("{zone}/type"), "cpu-thermal\n"),
        (&format!("{zone}/temp"), "48000\n"),
        ("dev/vcio_gencmd/get_throttled", throttled),
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }
    root
}

fn serve(root: &Path, state: &Path) -> Service {
    let (root, state) = (root.display().to_string(), state.display().to_string());
    Service::start(&["--root", &root, "--role", "pi", "--state-dir", &state])
}

fn until(service: &Service, line: &str) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        let page = service.page();
        if page.contains(line) {
            return page;
        }
        assert!(Instant::now() < end, "{line} never comes:\n{page}");
    }
}

#[test]
fn the_firmware_is_asked_through_the_child() {
    let (root, state) = (board("throttled=0x50005\n"), tempfile::tempdir().expect("a folder"));
    let service = serve(root.path(), state.path());
    until(&service, "rpi_throttle_flags 327685\n");
    assert_eq!(service.started().1.split_whitespace().count(), 1, "one child");
    let (_, words) = service.ask("GET", "/explain/pi");
    assert!(words.contains("0x50005") && words.contains("PiUnderVoltage"), "{words}");
}

/// A pod: the sensors are the host's, below the root, and the device is its own.
#[test]
fn the_devices_may_be_elsewhere() {
    let (root, own) = (board("throttled=0x0\n"), board("throttled=0x8\n"));
    fs::remove_dir_all(root.path().join("dev")).expect("gone");
    let file = own.path().join("config.yaml");
    fs::write(&file, format!("pi: {{devices: {}}}\n", own.path().join("dev").display())).expect("written");
    let words = [root.path(), own.path(), &file].map(|path| path.display().to_string());
    let arguments = ["--root", &words[0], "--role", "pi", "--state-dir", &words[1], "--config", &words[2]];
    let service = Service::start(&arguments);
    until(&service, "rpi_throttle_flags 8\n");
}

#[test]
fn a_firmware_that_hangs_holds_up_neither_the_page_nor_the_end() {
    let (root, state) = (board("throttled=0x0\n"), tempfile::tempdir().expect("a folder"));
    let door = root.path().join("dev/vcio_gencmd/get_throttled");
    fs::remove_file(&door).expect("gone");
    mkfifo(&door, Mode::S_IRWXU).expect("a file that does not end");
    let mut service = serve(root.path(), state.path());
    let blocked = "gjallarhorn_source_state{role=\"pi\",source=\"gencmd\",item=\"\",state=\"blocked\"} 1\n";
    let kernel = "rpi_temperature_celsius{sensor=\"soc_kernel\"} 48\n";
    until(&service, kernel);
    let page = until(&service, blocked);
    assert!(page.contains(kernel), "{page}");
    assert!(!page.contains("rpi_throttle_active{"), "{page}");
    service.signal(Signal::SIGTERM);
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect(service.address).is_ok() {
        assert!(Instant::now() < end, "the port is never free");
    }
    // The child is still stuck and shares the log, by whose end the test sees that the program has ended: let it go.
    fs::write(&door, "throttled=0x0\n").expect("somebody reads");
    assert!(service.ended().success());
}

#[test]
fn a_machine_that_is_none_is_not_taken_for_one() {
    let root = tempfile::tempdir().expect("an empty machine");
    let root = root.path().display().to_string();
    let ran = run(&["once", "--root", &root, "--role", "pi", "--state-dir", &root]);
    assert!(!ran.out.contains("rpi_"), "{}", ran.out);
    assert!(ran.out.contains("gjallarhorn_role_active{role=\"pi\"} 0\n"), "{}", ran.out);
}
