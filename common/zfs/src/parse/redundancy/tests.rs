use proptest::prelude::*;

use super::super::config::sample::{CANT_OPEN, DEGRADED, FAULTED, Node, OFFLINE, ONLINE, REMOVED, Reply, disks};
use super::super::nvlist::encode::Item;
use super::*;

fn told(top: Node) -> Option<(i64, i64)> {
    of_pool(&Reply::new(vec![top]).pool()).map(|told| (told.remaining, told.designed))
}

fn mirror(states: &[u64]) -> Node {
    Node::new("mirror", with_states(states))
}

fn with_states(states: &[u64]) -> Vec<Node> {
    disks('a', states.len()).into_iter().zip(states).map(|(disk, state)| disk.state(*state)).collect()
}

#[test]
fn a_single_disk_can_lose_nothing() {
    assert_eq!(told(Node::disk("a")), Some((0, 0)));
    assert_eq!(told(Node::disk("a").state(FAULTED)), Some((-1, 0)));
}

#[test]
fn a_mirror_can_lose_all_but_one() {
    assert_eq!(told(mirror(&[ONLINE, ONLINE])), Some((1, 1)));
    assert_eq!(told(mirror(&[ONLINE, ONLINE, ONLINE])), Some((2, 2)));
    assert_eq!(told(mirror(&[ONLINE, REMOVED, ONLINE]).state(DEGRADED)), Some((1, 2)));
    assert_eq!(told(mirror(&[ONLINE, CANT_OPEN]).state(DEGRADED)), Some((0, 1)));
    assert_eq!(told(mirror(&[CANT_OPEN, CANT_OPEN]).state(CANT_OPEN)), Some((-1, 1)));
}

#[test]
fn raidz_and_draid_can_lose_their_parity() {
    for parity in 1..=3 {
        let parity_i = i64::try_from(parity).unwrap();
        assert_eq!(told(Node::raidz(parity, disks('a', 6))), Some((parity_i, parity_i)));
        let one_gone = Node::raidz(parity, with_states(&[OFFLINE, ONLINE, ONLINE, ONLINE, ONLINE, ONLINE]));
        assert_eq!(told(one_gone.state(DEGRADED)), Some((parity_i - 1, parity_i)));
    }
    let draid = Node::new("draid", disks('a', 6)).with("nparity", Item::U64(2));
    assert_eq!(told(draid), Some((2, 2)));
    assert_eq!(told(Node::raidz(1, with_states(&[FAULTED, FAULTED, ONLINE])).state(CANT_OPEN)), Some((-1, 1)));
}

#[test]
fn a_disk_with_errors_still_counts() {
    assert_eq!(told(mirror(&[DEGRADED, ONLINE]).state(DEGRADED)), Some((1, 1)));
}

#[test]
fn a_spare_counts_once_it_is_complete() {
    let spared = |spare: Node| {
        let place = Node::new("spare", vec![Node::disk("a0").state(CANT_OPEN), spare]).state(DEGRADED);
        Node::raidz(2, vec![place, Node::disk("a1"), Node::disk("a2"), Node::disk("a3")]).state(DEGRADED)
    };
    let copying = Node::disk("s0").with("resilver_txg", Item::U64(9));
    assert_eq!(told(spared(copying)), Some((1, 2)));
    assert_eq!(told(spared(Node::disk("s0"))), Some((2, 2)));
    let distributed = Node::new("dspare", vec![]).with("path", Item::Text("draid2-0-0".into()));
    let rebuilding = distributed.clone().with("rebuild_txg", Item::U64(9));
    assert_eq!(told(spared(rebuilding)), Some((1, 2)));
    assert_eq!(told(spared(distributed)), Some((2, 2)));
}

#[test]
fn replacing_a_working_disk_costs_nothing() {
    let new = Node::disk("b0").with("resilver_txg", Item::U64(9));
    let place = Node::new("replacing", vec![Node::disk("a0"), new.clone()]);
    assert_eq!(told(Node::new("mirror", vec![place, Node::disk("a1")])), Some((1, 1)));
    let place = Node::new("replacing", vec![Node::disk("a0").state(FAULTED), new]);
    assert_eq!(told(Node::new("mirror", vec![place, Node::disk("a1")]).state(DEGRADED)), Some((0, 1)));
    let single = Node::new("replacing", disks('a', 2));
    assert_eq!(told(single), Some((0, 0)));
}

#[test]
fn the_weakest_data_vdev_decides_and_logs_do_not() {
    let log = mirror(&[ONLINE, FAULTED]).state(DEGRADED).with("is_log", Item::U64(1));
    let special = mirror(&[ONLINE, FAULTED]).state(DEGRADED).with("alloc_bias", Item::Text("special".into()));
    let data = || Node::raidz(2, disks('d', 4));
    let gone = Node::new("hole", vec![]);
    let pool = |tops| of_pool(&Reply::new(tops).pool()).map(|told| (told.remaining, told.designed));
    assert_eq!(pool(vec![data(), log, gone]), Some((2, 2)));
    assert_eq!(pool(vec![data(), special]), Some((0, 1)));
    assert_eq!(pool(vec![data(), Node::new("missing", vec![])]), Some((-1, 0)));
    assert_eq!(pool(vec![]), None);
}

/// Recorded from 2.3.9: both disks of a mirror deleted while it was written, and both still said to be online.
#[test]
fn a_suspended_pool_is_out_of_reach_whatever_its_devices_claim() {
    let reply = Reply::new(vec![mirror(&[ONLINE, ONLINE])]).with("suspended", Item::U64(0));
    assert_eq!(of_pool(&reply.pool()), Some(Redundancy { remaining: -1, designed: 1 }));
}

#[test]
fn what_is_not_told_is_not_counted() {
    assert_eq!(told(Node::new("raidz", disks('a', 3))), None);
    assert_eq!(told(Node::new("mirror", vec![Node::disk("a"), Node::disk("b").words(0)])), None);
    assert_eq!(told(Node::new("enigma", vec![])), None);
}

#[test]
fn a_group_whose_devices_were_cut_off_is_not_counted() {
    assert_eq!(told(mirror(&[])), None);
    assert_eq!(told(Node::raidz(2, Vec::new())), None);
}

#[test]
fn the_kernels_verdict_bounds_the_count() {
    // It still serves from what is not complete.
    let stale = |name| Node::disk(name).with("resilver_txg", Item::U64(9));
    assert_eq!(told(Node::new("mirror", vec![stale("a"), stale("b")])), Some((0, 1)));
    // It knows of damage that no device shows.
    assert_eq!(told(Node::raidz(1, disks('a', 3)).state(CANT_OPEN)), Some((-1, 1)));
}

#[test]
fn the_damaged_are_named_without_what_is_replaced_already() {
    let replaced = Node::new("replacing", vec![Node::disk("old").state(OFFLINE), Node::disk("new")]);
    let stuck = Node::new("replacing", vec![Node::disk("old2").state(OFFLINE), Node::disk("new2").state(FAULTED)]);
    let spared = Node::new("spare", vec![Node::disk("bad").state(FAULTED), Node::disk("hot")]);
    let log = Node::disk("log").state(REMOVED).with("is_log", Item::U64(1));
    let pool = Reply::new(vec![Node::raidz(2, vec![replaced, stuck, spared]), log]).pool();
    let names: Vec<_> = damaged(&pool).into_iter().map(|vdev| vdev.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["old2", "new2", "bad", "log"]);
}

/// A top-level vdev of any kind with any of its devices gone, stale or replaced.
fn group() -> impl Strategy<Value = Node> {
    let device = prop_oneof![
        4 => Just(Node::disk("d")),
        1 => prop::sample::select(vec![OFFLINE, REMOVED, CANT_OPEN, FAULTED, DEGRADED]).prop_map(|state| Node::disk("d").state(state)),
        1 => Just(Node::disk("d").with("resilver_txg", Item::U64(1))),
    ];
    let place = prop_oneof![
        3 => device.clone(),
        1 => prop::collection::vec(device.clone(), 2..3).prop_map(|pair| Node::new("spare", pair)),
        1 => prop::collection::vec(device, 2..3).prop_map(|pair| Node::new("replacing", pair)),
    ];
    // Without a verdict of the kernel (state 0), the count itself is tested.
    (prop::collection::vec(place, 1..8), 0..4_u64).prop_map(|(places, parity)| match parity {
        0 => Node::new("mirror", places).state(0),
        parity => Node::raidz(parity, places).state(0),
    })
}

/// Every node of the tree that is a device, changed one at a time.
fn each_changed(top: &Node, change: impl Fn(&Node) -> Node + Copy) -> Vec<Node> {
    if top.children.is_empty() {
        return vec![change(top)];
    }
    let mut changed = Vec::new();
    for at in 0..top.children.len() {
        for child in each_changed(&top.children[at], change) {
            let mut copy = top.clone();
            copy.children[at] = child;
            changed.push(copy);
        }
    }
    changed
}

proptest! {
    #[test]
    fn losing_one_more_never_helps_and_costs_at_most_one(top in group()) {
        let (before, designed) = told(top.clone()).unwrap();
        prop_assert!(before <= designed);
        prop_assert!(before >= -1);
        for worse in each_changed(&top, |disk| disk.clone().state(FAULTED)) {
            let (after, same) = told(worse).unwrap();
            prop_assert_eq!(same, designed);
            prop_assert!(after <= before && after >= before - 1);
        }
    }

    #[test]
    fn a_complete_spare_restores_what_the_failed_disk_took(top in group()) {
        let (before, designed) = told(top.clone()).unwrap();
        for at in 0..top.children.len() {
            let mut spared = top.clone();
            spared.children[at] = Node::new("spare", vec![Node::disk("bad").state(FAULTED), Node::disk("hot")]);
            let (after, same) = told(spared).unwrap();
            prop_assert_eq!(same, designed);
            prop_assert!(after >= before);
        }
    }

    #[test]
    fn all_well_is_all_that_was_designed(count in 1..10_usize, parity in 0..4_u64) {
        let top = if parity == 0 { Node::new("mirror", disks('a', count)) } else { Node::raidz(parity, disks('a', count)) };
        let (remaining, designed) = told(top).unwrap();
        prop_assert_eq!(remaining, designed);
    }
}
