//! Whose hostname it is: the file always says the reader's own.

use super::*;
use crate::tests::Machine;

const FIRST: &str = "-> uts:[4026531838]";
const ANOTHER: &str = "-> uts:[4026532999]";
const MOUNTED: &str = "611 590 8:2 /var/lib/x/hostname /etc/hostname rw,relatime - ext4 /dev/sda2 rw\n";

fn name(namespace: Option<&str>, mounts: &str, is_own: bool) -> Result<String, FailureKind> {
    let machine = Machine::with(&[("proc/sys/kernel/hostname", "pi-3\n"), ("proc/self/mountinfo", mounts)]);
    if let Some(namespace) = namespace {
        machine.put("proc/self/ns/uts", namespace);
    }
    let root = Root::new(machine.path());
    let root = if is_own { root.made_own() } else { root };
    hostname(&root).map_err(|failure| failure.kind)
}

#[test]
fn a_container_with_a_hostname_of_its_own_does_not_know_the_hosts() {
    let unknown = Err(FailureKind::Unsupported);
    assert_eq!(name(Some(ANOTHER), MOUNTED, true), unknown, "a container that sees only itself");
    assert_eq!(name(Some(ANOTHER), "", false), unknown, "one that sees the host's files too");
}

#[test]
fn the_host_a_container_in_its_network_and_a_recording_do() {
    let known = Ok("pi-3".to_owned());
    assert_eq!(name(Some(FIRST), "", true), known, "the host");
    assert_eq!(name(Some(FIRST), MOUNTED, true), known, "a container with the host's network");
    assert_eq!(name(Some(FIRST), MOUNTED, false), known, "the same, with the host's files");
    assert_eq!(name(Some(ANOTHER), "", true), known, "a machine that is a container itself (LXC)");
    assert_eq!(name(None, "", false), known, "a recording");
}

#[test]
fn a_container_that_sees_only_itself_is_not_the_host() {
    let machine = Machine::with(&[("proc/self/mountinfo", MOUNTED)]);
    assert!(Root::new(machine.path()).is_of_host().is_ok(), "the host's files, seen from a container");
    let failure = Root::new(machine.path()).made_own().is_of_host().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Absent);
}
