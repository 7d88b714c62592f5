//! Swap that comes and goes.

use super::*;

const OFF: &str = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
const ZRAM: &str = "/dev/zram0                              partition\t242480\t\t0\t\t100\n";
const FILE: &str = "/var/swap                               file\t\t102396\t\t0\t\t-2\n";
const ACTIVATIONS: &str = "node_conformity_swap_activations_total";

fn machine() -> Machine {
    Machine::with(&[
        ("proc/swaps", OFF),
        ("usr/lib/systemd/system-generators/rpi-swap-generator", "program"),
        ("etc/rpi/swap.conf", "[Main]\nMechanism=none\n"),
    ])
}

#[test]
fn swap_between_two_scrapes_is_counted_once() {
    let machine = machine();
    let mut stage = Stage::new(machine.path(), &Config::default());
    stage.rounds(at(0));
    assert_eq!(value(&stage.page(at(0)), ACTIVATIONS), Some("0"));
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}"));
    stage.round(SWAP_WATCH, at(1)).unwrap();
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}{FILE}"));
    stage.round(SWAP_WATCH, at(2)).unwrap();
    machine.put("proc/swaps", OFF);
    stage.round(SWAP_WATCH, at(3)).unwrap();
    let page = stage.page(at(15));
    assert_eq!(value(&page, ACTIVATIONS), Some("1"));
    assert_eq!(check(&page, "swap_off"), Some("1"));
    assert!(!page.contains("node_conformity_swap_size_bytes"), "{page}");
}

#[test]
fn a_scrape_sees_what_is_on_at_this_moment() {
    let machine = machine();
    let mut stage = Stage::new(machine.path(), &Config::default());
    stage.rounds(at(0));
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}"));
    let page = stage.page(at(1));
    assert_eq!(check(&page, "swap_off"), Some("0"));
    assert_eq!(value(&page, ACTIVATIONS), Some("1"), "a scrape counts too");
    let size = "node_conformity_swap_size_bytes{device=\"/dev/zram0\",kind=\"zram\"}";
    assert_eq!(value(&page, size), Some("248299520"));
}

#[test]
fn another_device_asks_at_once_who_brought_it() {
    let machine = machine();
    let mut stage = Stage::new(machine.path(), &Config::default());
    stage.rounds(at(0));
    assert_eq!(check(&stage.page(at(0)), "swap_stays_off"), Some("1"));
    machine.put("etc/rpi/swap.conf", "[Main]\nMechanism=zram\n");
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}"));
    stage.round(SWAP_WATCH, at(1)).unwrap();
    assert!(stage.role.shared.nudge.wait(Duration::from_secs(10)), "nobody asked");
    stage.round(RESTORERS, at(1)).unwrap();
    let page = stage.page(at(2));
    let device = "node_conformity_swap_device_info{device=\"/dev/zram0\",kind=\"zram\",by=\"rpi_swap\"}";
    assert_eq!(value(&page, device), Some("1"));
    let cause = "node_conformity_swap_restorer{by=\"rpi_swap\",device=\"/dev/zram0\",file=\"/etc/rpi/swap.conf\"}";
    assert_eq!(value(&page, cause), Some("1"));
    assert_eq!(check(&page, "swap_stays_off"), Some("0"));
}

#[test]
fn a_reading_that_failed_is_not_swap_that_went() {
    let machine = machine();
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}"));
    let mut stage = Stage::new(machine.path(), &Config::default());
    stage.rounds(at(0));
    machine.put("proc/swaps", "garbage\n");
    assert!(stage.round(SWAP_WATCH, at(1)).is_err());
    machine.put("proc/swaps", &format!("{OFF}{ZRAM}"));
    assert_eq!(value(&stage.page(at(2)), ACTIVATIONS), Some("0"));
}

#[test]
fn the_kernel_is_waited_for_where_it_is_one() {
    let config = Config::default();
    let pace = |root: &Path| Stage::new(root, &config).polls[0].pace.get();
    assert_eq!(pace(Path::new("/")), config.interval.get(), "it says when swap changes");
    assert_eq!(pace(machine().path()), config.swap_interval.get(), "a recording does not");
}
