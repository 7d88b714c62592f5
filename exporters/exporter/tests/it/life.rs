//! Start, reload and end of the service.

use std::fs;
use std::net::TcpListener;

use nix::sys::signal::Signal;

use crate::program::{Service, run};

fn state() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The arguments of a machine that has nothing.
fn bare(state: &tempfile::TempDir) -> Vec<String> {
    let folder = state.path().display().to_string();
    ["--root", &folder, "--state-dir", &folder].map(String::from).to_vec()
}

#[test]
fn sigterm_ends_it_and_frees_the_port() {
    let state = state();
    let mut service = Service::start(&bare(&state));
    service.page();
    service.signal(Signal::SIGTERM);
    assert!(service.ended().success());
    TcpListener::bind(service.address).expect("the port is free");
}

#[test]
fn a_bad_file_at_reload_changes_nothing_and_is_told() {
    let state = state();
    let file = state.path().join("config.yaml");
    fs::write(&file, "zfs: {}\n").expect("written");
    let mut arguments = bare(&state);
    arguments.extend(["--config".into(), file.display().to_string()]);
    let service = Service::start(&arguments);
    fs::write(&file, "zsf: {}\n").expect("written");

    service.signal(Signal::SIGHUP);
    let line = service.log_line("zsf");
    assert!(line.contains("level=error") && line.contains("config.yaml:1"), "{line}");
    let (status, body) = service.ask("POST", "/-/reload");
    assert_eq!(status, "HTTP/1.1 500 Internal Server Error");
    assert!(body.contains("zsf"), "{body}");
    service.page();

    fs::write(&file, "zfs: {}\n").expect("written");
    let (status, body) = service.ask("POST", "/-/reload");
    assert_eq!((status.as_str(), body.trim()), ("HTTP/1.1 200 OK", "nothing has changed"));
}

#[test]
fn a_port_in_use_is_told_with_its_address() {
    let state = state();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut arguments = bare(&state);
    arguments.extend(["--web.listen-address".into(), address.clone()]);
    let ran = run(&arguments);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&format!("listen on {address}")), "{}", ran.err);
}

#[test]
fn a_scrape_starts_no_process_and_no_thread() {
    let state = state();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../common/zfs/fixtures/2.3.9/disk-gone");
    let service = Service::start(&["--root", root, "--state-dir", &state.path().display().to_string()]);
    service.ready();
    service.page();
    let before = service.started();
    assert_eq!(before.1.split_whitespace().count(), 1, "the child that asks the kernel");
    for _ in 0..20 {
        assert!(service.page().contains("zfs_vdev_state"));
    }
    assert_eq!(service.started(), before);
}

#[test]
fn the_pages_beside_the_metrics() {
    let state = state();
    let service = Service::start(&bare(&state));
    assert_eq!(service.ask("GET", "/-/healthy").0, "HTTP/1.1 200 OK");
    service.ready();
    let (status, landing) = service.ask("GET", "/");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(landing.contains("gjallarhorn-exporter") && landing.contains("/metrics"), "{landing}");
}
