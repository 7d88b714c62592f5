use std::fs;

use tempfile::TempDir;

use super::*;

const PRESSURE: &str = "some avg10=0.00 avg60=1.25 avg300=0.80 total=4711002\nfull avg10=0.00 total=12\n";

/// A machine with control groups of version 2.
fn machine() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join(GROUPS)).unwrap();
    fs::write(root.path().join(GROUPS).join("cgroup.controllers"), "cpuset cpu io memory pids\n").unwrap();
    root
}

fn put(root: &TempDir, service: &str, files: &[(&str, &str)]) {
    let group = root.path().join(GROUPS).join(format!("snap.microk8s.{service}.service"));
    fs::create_dir_all(&group).unwrap();
    files.iter().for_each(|(file, text)| fs::write(group.join(file), text).unwrap());
}

#[test]
fn a_service_that_runs_is_counted() {
    let root = machine();
    let files = [
        ("cpu.stat", "usage_usec 2500000\n"),
        ("memory.current", "52428800\n"),
        ("cpu.pressure", PRESSURE),
        ("memory.pressure", PRESSURE),
        ("io.pressure", PRESSURE),
    ];
    put(&root, "daemon-k8s-dqlite", &files);
    put(&root, "daemon-of-another-day", &files);
    put(&root, "hook.configure", &files);
    let services = look(root.path()).unwrap();
    let [dqlite] = services.as_slice() else { panic!("{services:?}") };
    assert_eq!((dqlite.service, *dqlite.cpu.as_ref().unwrap()), ("k8s-dqlite", Duration::from_millis(2500)));
    assert_eq!(*dqlite.memory.as_ref().unwrap(), 50 << 20);
    let waited: Vec<_> =
        dqlite.waited.iter().map(|(resource, waited)| (*resource, *waited.as_ref().unwrap())).collect();
    let time = Duration::from_micros(4_711_002);
    assert_eq!(waited, [("cpu", time), ("memory", time), ("io", time)]);
}

/// Raspberry Pi OS leaves both off unless told otherwise.
#[test]
fn what_the_kernel_does_not_count_hides_nothing_else() {
    let root = machine();
    put(&root, "daemon-kubelite", &[("cpu.stat", "usage_usec 7\n"), ("io.pressure", "what\n")]);
    let services = look(root.path()).unwrap();
    assert_eq!(services[0].cpu.as_ref().ok(), Some(&Duration::from_micros(7)));
    assert_eq!(services[0].memory.as_ref().unwrap_err().kind, FailureKind::Absent);
    let kinds: Vec<_> = services[0].waited.iter().map(|(_, waited)| waited.as_ref().unwrap_err().kind).collect();
    assert_eq!(kinds, [FailureKind::Absent, FailureKind::Absent, FailureKind::Malformed]);
}

#[test]
fn a_count_that_cannot_be_read_is_told_and_no_zero() {
    let root = machine();
    put(&root, "daemon-containerd", &[("cpu.stat", "nothing\n"), ("memory.current", &"9".repeat(LIMIT_BYTES + 1))]);
    let services = look(root.path()).unwrap();
    assert_eq!(services[0].cpu.as_ref().unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(services[0].memory.as_ref().unwrap_err().kind, FailureKind::Oversized);
}

#[test]
fn nothing_that_runs_is_not_the_same_as_nothing_that_counts() {
    assert!(look(machine().path()).unwrap().is_empty());
    let failure = look(tempfile::tempdir().unwrap().path()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Absent);
    let words = chain(&failure);
    assert!(words.starts_with("find the kernel's counts (control groups of version 2): absent: read "), "{words}");
}
