use proptest::prelude::*;

use super::super::config::sample::{
    CANT_OPEN, DEGRADED, FAULTED, Node, OFFLINE, REMOVED, Reply, disks, field, list, place,
};
use super::super::nvlist::encode::Item;
use super::*;

const BOTH_KNOWN: Surroundings<'static> = Surroundings { module_features: Some(&[]), hostid: Some(7) };

fn true_ones(reply: &Reply) -> Vec<&'static str> {
    let conditions = evaluate(&reply.pool(), BOTH_KNOWN);
    let all = Condition::ALL.iter().filter(|one| conditions.get(**one) == Some(true));
    all.map(|condition| condition.word()).collect()
}

fn healthy(reply: &Reply) -> Option<bool> {
    evaluate(&reply.pool(), BOTH_KNOWN).healthy()
}

fn raidz(first: Node) -> Reply {
    let mut children = disks('a', 4);
    children[0] = first;
    Reply::new(vec![Node::raidz(2, children)])
}

/// One reply for each condition, showing it and nothing else.
fn alone() -> Vec<(&'static str, Reply)> {
    let root = |aux| {
        let mut reply = raidz(Node::disk("a0"));
        reply.root = reply.root.state(CANT_OPEN).stat(place::AUX, aux);
        reply
    };
    let rebuilt = |state: u64, end: u64| {
        let words = vec![state, 50, end, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Node::new("mirror", disks('a', 2)).with("org.openzfs:rebuild_stats", Item::Words(words))
    };
    let healthy = || raidz(Node::disk("a0"));
    let suspended = |reason| healthy().with("suspended", Item::U64(0)).with("suspended_reason", Item::U64(reason));
    let old = Node::disk("a0").stat(42, 9).stat(44, 12);
    vec![
        ("missing_device", raidz(Node::disk("a0").state(CANT_OPEN).stat(place::AUX, 1))),
        ("missing_device", raidz(Node::disk("a0").state(CANT_OPEN))),
        ("corrupt_label", raidz(Node::disk("a0").state(CANT_OPEN).stat(place::AUX, 6))),
        ("faulted_device", raidz(Node::disk("a0").state(FAULTED))),
        ("device_errors", raidz(Node::disk("a0").stat(place::CHECKSUM_ERRORS, 1))),
        ("device_errors", raidz(Node::disk("a0").state(DEGRADED))),
        ("offline_device", raidz(Node::disk("a0").state(OFFLINE))),
        ("removed_device", raidz(Node::disk("a0").state(REMOVED))),
        ("resilvering", healthy().scan(2, 1, &[])),
        ("rebuilding", Reply::new(vec![rebuilt(1, 0)])),
        ("scrub_recommended_after_rebuild", Reply::new(vec![rebuilt(3, 100)])),
        ("scrub_recommended_after_rebuild", Reply::new(vec![rebuilt(3, 100)]).scan(1, 2, &[10, 90])),
        ("data_errors", healthy().with("error_count", Item::U64(3))),
        ("corrupt_pool", root(2)),
        ("bad_guid_sum", root(4)),
        ("version_newer", root(7)),
        ("unsupported_feature", root(9)),
        ("bad_log", root(13)),
        ("hostid_mismatch", root(18)),
        ("hostid_mismatch", healthy().with("hostid", Item::U64(8))),
        ("suspended_io", suspended(1)),
        ("suspended_mmp", suspended(2)),
        ("version_older", healthy().with("version", Item::U64(28))),
        ("features_incompatible", healthy().with("compatibility", Item::Text("legacy".into()))),
        ("nonnative_ashift", raidz(old)),
        ("errata", healthy().with("errata", Item::U64(4))),
    ]
}

#[test]
fn each_condition_can_be_seen_alone() {
    for (word, reply) in alone() {
        assert_eq!(true_ones(&reply), [word]);
    }
    assert_eq!(true_ones(&raidz(Node::disk("a0"))), [""; 0]);
}

#[test]
fn healthy_is_what_zpool_status_x_calls_healthy() {
    assert_eq!(healthy(&raidz(Node::disk("a0"))), Some(true));
    for (word, reply) in alone() {
        let harmless = HARMLESS.iter().any(|condition| condition.word() == word);
        assert_eq!(healthy(&reply), Some(harmless), "{word}");
    }
}

/// `zpool status` would show the resilver and nothing else.
#[test]
fn none_hides_another() {
    let reply = raidz(Node::disk("a0").state(FAULTED))
        .scan(2, 1, &[])
        .with("suspended", Item::U64(0))
        .with("error_count", Item::U64(1));
    assert_eq!(true_ones(&reply), ["faulted_device", "resilvering", "data_errors", "suspended_io"]);
}

#[test]
fn a_replacement_repairs_already_and_a_spare_does_not_count() {
    let replacing = Node::new("replacing", vec![Node::disk("old").state(FAULTED), Node::disk("new")]);
    assert_eq!(true_ones(&raidz(replacing)), [""; 0]);
    let broken = [Node::disk("h0").state(FAULTED)];
    assert_eq!(true_ones(&raidz(Node::disk("a0")).in_tree("spares", list(&broken))), [""; 0]);
    assert_eq!(true_ones(&raidz(Node::disk("a0")).in_tree("l2cache", list(&broken))), ["faulted_device"]);
}

#[test]
fn a_rebuild_that_was_scrubbed_recommends_nothing() {
    let words = vec![3, 50, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let top = Node::new("mirror", disks('a', 2)).with("org.openzfs:rebuild_stats", Item::Words(words));
    assert_eq!(true_ones(&Reply::new(vec![top]).scan(1, 2, &[100, 120])), [""; 0]);
}

#[test]
fn features_are_compared_by_their_short_names() {
    let reply = raidz(Node::disk("a0"));
    let disabled = |module: &[&str], reply: &Reply| {
        let module: Vec<_> = module.iter().map(|name| (*name).to_owned()).collect();
        let around = Surroundings { module_features: Some(&module), hostid: None };
        evaluate(&reply.pool(), around).get(Condition::FeaturesDisabled)
    };
    assert_eq!(disabled(&["large_blocks"], &reply), Some(false));
    assert_eq!(disabled(&["large_blocks", "draid"], &reply), Some(true));
    assert_eq!(disabled(&["dynamic_gang_header"], &reply), Some(false));
    assert_eq!(disabled(&["draid"], &reply.clone().with("version", Item::U64(28))), Some(false));
    assert_eq!(disabled(&["draid"], &reply.clone().with("compatibility", Item::Text("legacy".into()))), Some(false));
    assert_eq!(disabled(&["draid"], &reply.clone().with("compatibility", Item::Text("off".into()))), Some(true));
    assert_eq!(disabled(&["draid"], &reply.with("compatibility", Item::Text("grub2".into()))), None);
}

#[test]
fn what_cannot_be_told_is_neither_true_nor_false() {
    let nowhere = Surroundings::default();
    let conditions = evaluate(&Pool::default(), nowhere);
    assert_eq!(conditions.get(Condition::MissingDevice), None);
    assert_eq!(conditions.get(Condition::DataErrors), None);
    assert_eq!(conditions.get(Condition::FeaturesDisabled), None);
    assert_eq!(conditions.healthy(), None);
    // One device without counters leaves open what none of the others shows.
    let reply = Reply::new(vec![Node::disk("a"), Node::disk("b").words(0)]);
    let conditions = evaluate(&reply.pool(), BOTH_KNOWN);
    assert_eq!((conditions.get(Condition::FaultedDevice), conditions.healthy()), (None, None));
    let reply = Reply::new(vec![Node::disk("a").state(FAULTED), Node::disk("b").words(0)]);
    let conditions = evaluate(&reply.pool(), BOTH_KNOWN);
    assert_eq!((conditions.get(Condition::FaultedDevice), conditions.healthy()), (Some(true), Some(false)));
}

#[test]
fn an_unknown_host_id_does_not_make_health_unknown() {
    let pool = raidz(Node::disk("a0")).with("hostid", Item::U64(8)).pool();
    let conditions = evaluate(&pool, Surroundings { hostid: None, ..BOTH_KNOWN });
    assert_eq!((conditions.get(Condition::HostidMismatch), conditions.healthy()), (None, Some(true)));
}

proptest! {
    /// Whatever else is wrong, adding one thing adds its condition and takes away no other.
    #[test]
    fn adding_one_wrong_takes_no_other_away(
        first in prop::sample::select(vec![CANT_OPEN, FAULTED, DEGRADED, OFFLINE, REMOVED]),
        second in prop::sample::select(vec![CANT_OPEN, FAULTED, DEGRADED, OFFLINE, REMOVED]),
        resilver: bool, suspended: bool, damaged: bool,
    ) {
        let mut before = Reply::new(vec![Node::raidz(2, vec![Node::disk("a").state(first), Node::disk("b"), Node::disk("c")])]);
        if resilver { before = before.scan(2, 1, &[]); }
        if suspended { before.fields.push(field("suspended", Item::U64(1))); }
        let mut after = before.clone();
        after.root.children[0].children[1] = Node::disk("b").state(second);
        if damaged { after = after.with("error_count", Item::U64(1)); }
        let (before, after) = (true_ones(&before), true_ones(&after));
        prop_assert!(before.iter().all(|word| after.contains(word)), "{before:?} {after:?}");
        prop_assert_eq!(after.contains(&"data_errors"), damaged);
        prop_assert_eq!(after.contains(&"suspended_io"), suspended);
        prop_assert_eq!(after.contains(&"resilvering"), resilver);
    }
}
