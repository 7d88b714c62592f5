//! What cannot be read, what is old, and who lies.

use std::fs;

use super::*;

#[test]
fn without_a_key_the_files_still_say_who_should_be_there() {
    let town = Town::three();
    fs::remove_file(town.backend().join("cluster.key")).unwrap();
    let mut stage = Stage::new(&town, &config());
    assert!(stage.one(WIRE, at(0)).is_err());
    stage.round(at(1));
    let value = |series: &str| stage.value(at(2), series);
    assert_eq!(value("quorum_voters").as_deref(), Some("3"));
    assert_eq!(value("quorum_view_authority{source=\"file\"}").as_deref(), Some("1"));
    assert_eq!(value("quorum_ha_reason{reason=\"unreachable\"}").as_deref(), Some("1"));
    for silent in ["quorum_ha", "quorum_margin", "quorum_voters_online", "quorum_leader_confirmed"] {
        assert_eq!(value(silent), None, "{silent}");
    }
    assert_eq!(stage.may_stop("pi-1", at(2)).0, 503);
}

/// A key that is lost while the role runs takes the numbers with it at once.
#[test]
fn a_lost_key_leaves_no_old_numbers() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    assert_eq!(stage.value(at(1), "quorum_margin").as_deref(), Some("1"));
    fs::remove_file(town.backend().join("cluster.key")).unwrap();
    stage.round(at(3));
    assert_eq!(stage.value(at(3), "quorum_margin"), None);
}

#[test]
fn an_empty_machine_says_nothing_and_fails_in_words() {
    let town = Town::three();
    fs::remove_dir_all(town.backend()).unwrap();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    assert_eq!(stage.value(at(1), "quorum_voters"), None);
    assert_eq!(stage.value(at(1), "quorum_view_authority{source=\"none\"}").as_deref(), Some("1"));
    assert_eq!(stage.state_of(FILES, "info.yaml"), Some("absent"));
    assert!(stage.one(STORE, at(1)).is_err());
    let words = stage.role.explain(at(1));
    assert!(words.contains("Survives one more failure: cannot tell"), "{words}");
}

#[test]
fn an_old_look_disappears_from_the_page() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    assert!(stage.page(at(59)).contains("quorum_margin"));
    assert_eq!(stage.page(at(60)), "");
}

/// Files older than the members' answers name nobody of them: whoever stands in a table is asked in the same round.
#[test]
fn who_is_named_for_the_first_time_is_asked_at_once() {
    let town = Town::three();
    fs::write(town.backend().join("cluster.yaml"), "").unwrap();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    assert_eq!(stage.value(at(1), "quorum_voters_online").as_deref(), Some("3"));
    assert_eq!(stage.value(at(1), "quorum_identity_ok{check=\"cluster_yaml_fresh\"}").as_deref(), Some("0"));
}

#[test]
fn a_removed_member_is_asked_on_and_told() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    town.remove(2);
    stage.round(at(3));
    stage.round(at(6));
    let peer = format!("peer=\"{0}\",node=\"127.0.0.1\"", town.address(2));
    assert_eq!(stage.value(at(6), &format!("quorum_peer_member{{{peer}}}")).as_deref(), Some("0"));
    assert_eq!(stage.value(at(6), &format!("quorum_peer_up{{{peer}}}")).as_deref(), Some("1"));
    assert_eq!(stage.value(at(6), "quorum_voters").as_deref(), Some("2"));
    // Once it is switched off it is no concern any more.
    town.kill(2);
    stage.round(at(9));
    assert_eq!(stage.value(at(9), &format!("quorum_peer_up{{{peer}}}")).as_deref(), Some("0"));
    assert_eq!(stage.value(at(9), &format!("quorum_peer_member{{{peer}}}")), None);
}

/// When the members cannot be asked any more, the old numbers do not stay: the files' view takes their place.
#[test]
fn a_view_that_is_too_old_falls_back_to_the_files() {
    let town = Town::three();
    let mut stage = Stage::new(&town, &config());
    stage.round(at(0));
    stage.one(FILES, at(20)).unwrap();
    assert_eq!(stage.value(at(20), "quorum_margin"), None);
    assert_eq!(stage.value(at(20), "quorum_view_authority{source=\"file\"}").as_deref(), Some("1"));
    assert_eq!(stage.value(at(70), "quorum_voters").as_deref(), Some("3"));
}

/// Effective voters by what the third node's exporter says.
fn effective(change: impl FnOnce(&mut crate::neighbours::Word)) -> String {
    let mut town = Town::three();
    town.exporter(1, |_| ());
    town.exporter(2, |word| {
        word.disk.as_mut().unwrap().free_bytes = Some(0);
        change(word);
    });
    let mut stage = Stage::new(&town, &town.config());
    stage.round(at(0));
    stage.value(at(1), "quorum_voters_effective").unwrap()
}

#[test]
fn a_word_counts_only_if_it_is_of_this_cluster_and_young() {
    assert_eq!(effective(|_| ()), "2");
    assert_eq!(effective(|word| word.cluster = "other".into()), "3");
    assert_eq!(effective(|word| word.version = 2), "3");
    assert_eq!(effective(|word| word.address = None), "3");
    assert_eq!(effective(|word| word.disk.as_mut().unwrap().age_milliseconds = 16_000), "3");
    assert_eq!(effective(|word| word.disk.as_mut().unwrap().age_milliseconds = u64::MAX), "3");
}

/// A node is called by its host name, and still is when it is down.
#[test]
fn a_node_that_is_down_keeps_its_name() {
    let mut town = Town::three();
    town.exporter(1, |_| ());
    let config = Config { nodes: Default::default(), ..town.config() };
    let mut stage = Stage::new(&town, &config);
    for seconds in [0, 3] {
        stage.round(at(seconds));
    }
    stage.one(WIRE, at(60)).unwrap();
    let peer = format!("quorum_peer_up{{peer=\"{}\",node=\"pi-2\"}}", town.address(1));
    assert_eq!(stage.value(at(60), &peer).as_deref(), Some("1"), "{}", stage.page(at(60)));
}

/// An exporter that answers with nonsense, and one that is not there, hide nobody.
#[test]
fn exporters_that_fail_are_told_and_hide_nobody() {
    let mut town = Town::three();
    town.exporter(1, |_| ());
    let mut config = town.config();
    config.exporters.addresses.push(town::serve("{\"version\": \"much\"}".to_owned()));
    config.exporters.addresses.push("http://127.0.0.1:1".to_owned());
    let mut stage = Stage::new(&town, &config);
    assert!(stage.one(NEIGHBOURS, at(0)).is_ok(), "one of three answers");
    stage.round(at(1));
    let words = stage.role.explain(at(2));
    assert!(words.contains("ask the exporter at http://127.0.0.1:1: refused"), "{words}");
    assert!(words.contains(": malformed"), "{words}");

    config.exporters.addresses.retain(|address| address.ends_with(":1"));
    let mut stage = Stage::new(&town, &config);
    assert!(stage.one(NEIGHBOURS, at(0)).is_err(), "nobody answers");
}
