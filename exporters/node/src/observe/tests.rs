//! Checks and samples of hosts that exist only here.

use gjallarhorn_metrics::encode;

use super::*;
use crate::families::TABLE;
use crate::parse::swaps::{self, Swaps};
use crate::restore::Brings;
use crate::source::names::Node;
use crate::words::Restorer;

fn swaps(lines: &str) -> Swaps {
    swaps::swaps(format!("Filename\tType\tSize\tUsed\tPriority\n{lines}").as_bytes()).unwrap()
}

fn page(seen: &Seen<'_>, ignored: &[Check]) -> String {
    let mut page = String::new();
    let snapshot = samples(seen, Some(0), ignored);
    assert_eq!(snapshot.dropped(), 0);
    encode(TABLE, &[&snapshot], &mut page);
    page
}

fn check(seen: &Seen<'_>, check: Check) -> Option<bool> {
    evaluate(seen).into_iter().find(|(one, _)| *one == check).and_then(|(_, outcome)| outcome)
}

fn rpi_swap() -> Cause {
    Cause { by: Restorer::RpiSwap, brings: Brings::Device("/dev/zram0".into()), file: "/etc/rpi/swap.conf".into() }
}

#[test]
fn nothing_known_is_nothing_said() {
    let seen = Seen::default();
    assert!(evaluate(&seen).iter().all(|(_, outcome)| outcome.is_none()));
    let page = page(&seen, &[]);
    let said: Vec<_> = page.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(said, ["node_conformity_swap_activations_total 0"]);
}

#[test]
fn swap_returns_if_one_brings_it_and_stays_off_only_if_all_were_asked() {
    let causes = |found: Vec<Cause>, complete| Causes { found, complete };
    for (causes, outcome) in [
        (causes(vec![], true), Some(true)),
        (causes(vec![], false), None),
        (causes(vec![rpi_swap()], true), Some(false)),
        (causes(vec![rpi_swap()], false), Some(false)),
    ] {
        let seen = Seen { causes: Some(&causes), ..Seen::default() };
        assert_eq!(check(&seen, Check::SwapStaysOff), outcome, "{causes:?}");
    }
}

#[test]
fn a_device_names_who_brings_it_and_nobody_only_if_all_were_asked() {
    let swaps = swaps("/dev/zram0 partition 100 0 100\n/other file 1 0 -2\n");
    let told = |complete| {
        let causes = Causes { found: vec![rpi_swap()], complete };
        page(&Seen { swaps: Some(&swaps), causes: Some(&causes), ..Seen::default() }, &[])
    };
    let zram = "node_conformity_swap_device_info{device=\"/dev/zram0\",kind=\"zram\",by=\"rpi_swap\"} 1";
    let other = "node_conformity_swap_device_info{device=\"/other\",kind=\"file\",by=\"unknown\"} 1";
    let partly = told(false);
    assert!(partly.contains(zram) && !partly.contains("/other\",kind=\"file\",by"), "{partly}");
    let whole = told(true);
    assert!(whole.contains(zram) && whole.contains(other), "{whole}");
    assert!(whole.contains("node_conformity_swap_size_bytes{device=\"/dev/zram0\",kind=\"zram\"} 102400"), "{whole}");
}

#[test]
fn a_line_that_cannot_be_read_is_swap_that_is_on() {
    let swaps = swaps("garbage\n");
    assert_eq!(check(&Seen { swaps: Some(&swaps), ..Seen::default() }, Check::SwapOff), Some(false));
}

#[test]
fn names_are_compared_as_they_are_written() {
    let configured = Node::Configured("odrerir".into());
    for (hostname, etc_hostname, node, expected) in [
        (Some("odrerir"), Some("odrerir"), Some(&configured), [Some(true), Some(true), Some(true)]),
        (Some("Odrerir"), Some("odrerir"), Some(&configured), [Some(false), Some(false), Some(false)]),
        (Some("Odrerir"), Some("Odrerir"), Some(&Node::Hostname), [Some(true), Some(false), Some(false)]),
        (Some("odrerir"), Some("odrerir"), Some(&Node::Hostname), [Some(true), Some(true), Some(true)]),
        (Some("odrerir"), Some("odrerir"), None, [Some(true), None, Some(true)]),
        // Seen from a container with a hostname of its own: the file stands for the kernel's.
        (None, Some("odrerir"), Some(&configured), [None, Some(true), Some(true)]),
        (None, None, Some(&configured), [None, None, None]),
    ] {
        let seen = Seen { hostname, etc_hostname, node, ..Seen::default() };
        let told = [Check::HostnameFile, Check::HostnameNode, Check::HostnameValid].map(|one| check(&seen, one));
        assert_eq!(told, expected, "{seen:?}");
    }
}

#[test]
fn a_page_size_is_judged_only_against_an_expected_one() {
    let seen = |expected_page_size| Seen { page_size: Some(16384), expected_page_size, ..Seen::default() };
    assert_eq!(check(&seen(None), Check::PageSizeExpected), None);
    assert_eq!(check(&seen(Some(16384)), Check::PageSizeExpected), Some(true));
    assert_eq!(check(&seen(Some(4096)), Check::PageSizeExpected), Some(false));
}

#[test]
fn an_ignored_check_is_left_out_and_what_was_seen_is_not() {
    let swaps = swaps("/swap.img file 1 0 -2\n");
    let page = page(&Seen { swaps: Some(&swaps), ..Seen::default() }, &[Check::SwapOff]);
    assert!(!page.contains("node_conformity_ok") && page.contains("/swap.img"), "{page}");
}

#[test]
fn hostile_names_are_labels_and_nothing_else() {
    let hostname = "a\"} 1\nevil{x=\"\\";
    let page = page(&Seen { hostname: Some(hostname), ..Seen::default() }, &[]);
    assert!(page.contains(r#"hostname="a\"} 1\nevil{x=\"\\""#), "{page}");
}
