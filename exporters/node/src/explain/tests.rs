//! The words for a person at night.

use crate::config::Config;
use crate::role::tests::{Stage, at};
use crate::tests::{Machine, recorded};
use gjallarhorn_service::role::Role as _;

fn words(machine: &str) -> String {
    let mut stage = Stage::new(&recorded(machine), &Config::default());
    stage.rounds(at(0));
    stage.page(at(0));
    stage.role.explain(at(5))
}

#[test]
fn who_brings_swap_back_is_named_with_what_ends_it() {
    for (machine, by, ends) in [
        (
            "pios-bookworm",
            "/var/swap (file, 99 MiB, 0 % used), brought back by dphys-swapfile",
            "disable --now dphys-swapfile",
        ),
        ("pios-trixie", "/dev/zram0 (zram, 236 MiB, 3 % used), brought back by rpi-swap", "Mechanism=none"),
        ("ubuntu", "/swap.img (file, 8191 MiB, 4 % used), brought back by fstab", "sed -i.bak '4s/^/#/' /etc/fstab"),
    ] {
        let text = words(machine);
        assert!(text.contains(by) && text.contains(ends), "{text}");
    }
}

#[test]
fn a_clean_machine_says_whom_it_asked() {
    let text = words("microk8s-clean");
    assert!(text.contains("now         off, read 5 s ago"), "{text}");
    assert!(text.contains("swap stays off: none of dphys-swapfile, rpi-swap,"), "{text}");
    assert!(text.contains("odin (the kubelet takes the hostname in lower case)"), "{text}");
    assert!(text.contains("do not      none"), "{text}");
}

#[test]
fn names_that_disagree_stand_side_by_side() {
    let text = words("names-disagree");
    for part in ["Odrerir (the kernel's)", "odrerir (/etc/hostname)", "odrerir (by /var/snap", "`O` is upper case"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("do not      hostname_file, hostname_node, hostname_valid"), "{text}");
}

#[test]
fn before_anything_was_read_it_says_so() {
    let machine = Machine::with(&[]);
    let stage = Stage::new(machine.path(), &Config::default());
    let text = stage.role.explain(at(0));
    assert!(text.contains("not known: the file cannot be read") && text.contains("not looked for yet"), "{text}");
    assert!(text.contains("conform     none"), "{text}");
}
