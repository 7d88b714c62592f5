//! Sources that are absent, denied, garbage, too long or old: no sample, and a word that says why.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use gjallarhorn_service::FailureKind;
use nix::unistd::{Uid, setfsuid};

use super::*;

/// Copies a recorded machine and breaks one file of it.
fn broken(machine: &str, path: &str, content: Option<&str>) -> (Machine, Stage) {
    let copy = Machine::with(&[]);
    copy_tree(&recorded(machine), copy.path());
    match content {
        Some(content) => copy.put(path, content),
        None => copy.drop(path),
    }
    let mut stage = Stage::new(copy.path(), &Config::default());
    stage.rounds(at(0));
    (copy, stage)
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (kind, place) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(entry.path()).unwrap(), place).unwrap();
        } else if kind.is_dir() {
            std::fs::create_dir_all(&place).unwrap();
            copy_tree(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// What a file feeds: its source and item, and the checks that have no sample without it.
const FEEDS: &[(&str, &str, &str, &[&str])] = &[
    ("proc/sys/kernel/hostname", KERNEL, "hostname", &["hostname_file"]),
    ("proc/self/auxv", KERNEL, "auxv", &["page_size_expected"]),
    ("etc/hostname", NAMES, "etc_hostname", &["hostname_file"]),
    ("etc/machine-id", NAMES, "machine_id", &[]),
    ("etc/fstab", RESTORERS, "fstab", &["swap_stays_off"]),
    ("proc/stat", KERNEL, "boot_time", &[]),
];

#[test]
fn what_is_too_long_has_no_sample_and_a_word() {
    let long = "x".repeat(5 * 1024 * 1024);
    for (path, source, item, checks) in FEEDS {
        let (_copy, stage) = broken("microk8s-clean", path, Some(&long));
        assert_eq!(stage.state_of(source, item), Some("oversized"), "{path}");
        let page = stage.page(at(1));
        assert!(checks.iter().all(|one| check(&page, one).is_none()), "{path}: {page}");
        assert_eq!(check(&page, "swap_off"), Some("1"), "{path} hides no other");
    }
}

#[test]
fn what_is_not_there_has_no_sample_and_a_word() {
    for (path, source, item, checks) in FEEDS.iter().filter(|(path, ..)| *path != "etc/fstab") {
        let (_copy, stage) = broken("microk8s-clean", path, None);
        assert_eq!(stage.state_of(source, item), Some("absent"), "{path}");
        let page = stage.page(at(1));
        assert!(checks.iter().all(|one| check(&page, one).is_none()), "{path}: {page}");
    }
    let (_copy, stage) = broken("microk8s-clean", "etc/fstab", None);
    assert_eq!(check(&stage.page(at(1)), "swap_stays_off"), Some("1"), "a host without fstab has no swap in it");
}

/// Does something without root's right to read everything; of this thread only.
fn as_nobody<T>(work: impl FnOnce() -> T) -> T {
    let before = setfsuid(Uid::from_raw(65534));
    let outcome = work();
    setfsuid(before);
    outcome
}

#[test]
fn what_may_not_be_read_has_no_sample_and_a_word() {
    let kubelet = "var/snap/microk8s/7589/args";
    let more = [(kubelet, NAMES, "node", &["hostname_node"][..]), ("proc/swaps", SWAPS, "", &["swap_off"])];
    for (path, source, item, checks) in FEEDS.iter().copied().chain(more) {
        let (copy, mut stage) = broken("microk8s-clean", "proc/cmdline", Some("quiet\n"));
        let chmod = |path: &str, mode| set_permissions(copy.path().join(path), Permissions::from_mode(mode)).unwrap();
        chmod("", 0o755);
        chmod(path, 0o000);
        let page = as_nobody(|| {
            stage.rounds(at(1));
            stage.page(at(1))
        });
        chmod(path, 0o755);
        if !item.is_empty() {
            assert_eq!(stage.state_of(source, item), Some("denied"), "{path}");
        }
        assert!(checks.iter().all(|one| check(&page, one).is_none()), "{path}: {page}");
    }
}

#[test]
fn what_is_garbage_has_no_sample_and_a_word() {
    for (path, source, item) in [
        ("proc/self/auxv", KERNEL, "auxv"),
        ("proc/stat", KERNEL, "boot_time"),
        ("etc/hostname", NAMES, "etc_hostname"),
        ("etc/machine-id", NAMES, "machine_id"),
    ] {
        let (_copy, stage) = broken("microk8s-clean", path, Some("#\u{1F984}\n"));
        assert_eq!(stage.state_of(source, item), Some("malformed"), "{path}");
    }
    let (_copy, stage) =
        broken("microk8s-clean", "var/snap/microk8s/7589/args/kubelet", Some("--hostname-override=$X\n"));
    assert_eq!(stage.state_of(NAMES, "node"), Some("malformed"));
    assert_eq!(check(&stage.page(at(1)), "hostname_node"), None);
}

#[test]
fn a_list_of_swap_that_cannot_be_read_says_nothing_of_swap() {
    let page = |content| {
        let (_copy, stage) = broken("pios-trixie", "proc/swaps", content);
        stage.page(at(1))
    };
    for page in [page(None), page(Some("")), page(Some("garbage")), page(Some(&"x".repeat(300_000)))] {
        assert_eq!(check(&page, "swap_off"), None, "{page}");
        assert!(!page.contains("node_conformity_swap_size_bytes{"), "{page}");
        assert_eq!(check(&page, "swap_stays_off"), Some("0"), "{page}");
    }
}

#[test]
fn old_readings_disappear() {
    let mut stage = Stage::new(&recorded("pios-trixie"), &Config::default());
    stage.rounds(at(0));
    assert!(stage.page(at(299)).contains("node_conformity_info{"));
    let page = stage.page(at(300));
    assert_eq!(check(&page, "swap_off"), Some("0"), "the list of swap was read just now");
    assert_eq!((check(&page, "swap_stays_off"), check(&page, "kernel_64bit")), (None, None));
    assert!(!page.contains("node_conformity_info{"), "{page}");
}

#[test]
fn a_container_says_that_it_does_not_see_the_host() {
    let machine = Machine::with(&[("proc/swaps", "Filename\n"), ("proc/sys/kernel/hostname", "pod-x\n")]);
    machine.put("proc/self/ns/uts", "-> uts:[4026532999]");
    machine.put("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
    std::fs::remove_dir_all(machine.path().join("etc")).unwrap();
    let mut stage = Stage::new(machine.path(), &Config { node_name: Some("pi-3".into()), ..Config::default() });
    stage.rounds(at(0));
    let page = stage.page(at(1));
    assert_eq!(check(&page, "swap_off"), Some("1"), "swap has no namespace");
    for absent in ["swap_stays_off", "hostname_file", "hostname_node", "hostname_valid"] {
        assert_eq!(check(&page, absent), None, "{page}");
    }
    assert_eq!(stage.state_of(KERNEL, "hostname"), Some("unsupported"));
    assert_eq!(stage.state_of(NAMES, "etc_hostname"), Some("absent"));
    assert_eq!(stage.round(RESTORERS, at(1)).unwrap_err().kind, FailureKind::Absent);
    assert_eq!(stage.state_of(RESTORERS, "fstab"), None, "one row says it for all");
    assert!(stage.role.explain(at(1)).contains("mount the host's"), "{}", stage.role.explain(at(1)));
}

#[test]
fn the_first_hostname_namespace_is_the_hosts() {
    let machine = Machine::with(&[("proc/swaps", "Filename\n"), ("proc/sys/kernel/hostname", "pi-3\n")]);
    machine.put("proc/self/ns/uts", "-> uts:[4026531838]");
    let mut stage = Stage::new(machine.path(), &Config { node_name: Some("pi-3".into()), ..Config::default() });
    stage.rounds(at(0));
    assert_eq!(check(&stage.page(at(1)), "hostname_node"), Some("1"));
}

#[test]
fn a_kernel_without_memory_groups_is_told_by_either_hierarchy() {
    let table = |enabled| format!("#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t1\t{enabled}\n");
    for (path, content, outcome) in [
        ("sys/fs/cgroup/cgroup.controllers", "cpu io pids\n".to_owned(), Some("0")),
        ("sys/fs/cgroup/cgroup.controllers", "cpu memory\n".to_owned(), Some("1")),
        ("proc/cgroups", table(0), Some("0")),
        ("proc/cgroups", table(1), Some("1")),
        ("proc/else", String::new(), None),
    ] {
        let machine = Machine::with(&[(path, &content)]);
        let mut stage = Stage::new(machine.path(), &Config::default());
        stage.rounds(at(0));
        assert_eq!(check(&stage.page(at(1)), "cgroup_memory"), outcome, "{path} {content}");
    }
}

#[test]
fn an_item_has_a_row_only_while_it_fails() {
    let (copy, mut stage) = broken("microk8s-clean", "etc/machine-id", Some("uninitialized\n"));
    assert_eq!(stage.state_of(NAMES, "machine_id"), Some("malformed"));
    assert_eq!(stage.round(NAMES, at(1)).unwrap_err().kind, FailureKind::Malformed, "the round was not whole");
    copy.put("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    stage.round(NAMES, at(2)).unwrap();
    assert_eq!(stage.state_of(NAMES, "machine_id"), None);
}
