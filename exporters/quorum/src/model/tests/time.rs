//! What only time shows.

use std::time::Duration;

use gjallarhorn_service::Timestamp;

use super::super::history::History;
use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_800_000_000 + seconds), Duration::from_secs(1_000 + seconds))
}

fn note(history: &mut History, scene: &Scene, seconds: u64, term: Option<u64>) {
    let view = View::of(&scene.0);
    history.note(at(seconds), &view, &scene.0, term);
}

#[test]
fn an_election_between_two_scrapes_is_not_lost() {
    let mut history = History::default();
    note(&mut history, &Scene::three(), 0, Some(4));
    note(&mut history, &Scene::three().dead("b", PeerFailure::Refused), 3, Some(4));
    note(&mut history, &Scene::three().dead("b", PeerFailure::Refused).led_by(None), 6, Some(5));
    let after = Scene::three().dead("b", PeerFailure::Refused).led_by(Some('c'));
    note(&mut history, &after, 9, Some(5));
    assert_eq!((history.leaderless(), history.changes()), (Duration::from_secs(6), 1));
    assert_eq!(history.leader_since(&View::of(&after.0)), Some(at(9)));
    note(&mut history, &after, 12, Some(5));
    assert_eq!(history.leader_since(&View::of(&after.0)), Some(at(9)));
}

/// The same leader was elected twice more; only the term shows it.
#[test]
fn a_jump_of_the_term_is_as_many_elections() {
    let mut history = History::default();
    note(&mut history, &Scene::three(), 0, Some(1));
    note(&mut history, &Scene::three(), 3, Some(3));
    assert_eq!(history.changes(), 2);
    note(&mut history, &Scene::three().led_by(Some('c')), 6, Some(3));
    assert_eq!(history.changes(), 3, "another leader without a new term here is an election all the same");
}

#[test]
fn the_leader_is_a_change_when_no_term_can_be_read() {
    let mut history = History::default();
    note(&mut history, &Scene::three(), 0, None);
    note(&mut history, &Scene::three().led_by(None), 3, None);
    note(&mut history, &Scene::three(), 6, None);
    assert_eq!(history.changes(), 0, "the same one leads again");
    note(&mut history, &Scene::three().led_by(Some('a')), 9, None);
    assert_eq!(history.changes(), 1);
}

#[test]
fn nobody_asked_is_not_nobody_leading() {
    let mut history = History::default();
    let mut silent = Scene::three();
    silent.0.peers.clear();
    note(&mut history, &silent, 0, None);
    note(&mut history, &silent, 60, None);
    assert_eq!(history.leaderless(), Duration::ZERO);
}

#[test]
fn a_log_stands_still_once_it_misses_what_the_furthest_had_long_ago() {
    let mut history = History::default();
    assert!(!history.stands_still(0, at(0)), "nothing to compare with");
    for second in 0..20 {
        history.reached(at(second), 100 + second);
    }
    // Read at second 19: at second 9 the furthest was at 109.
    assert!(!history.stands_still(109, at(19)));
    assert!(history.stands_still(108, at(19)));
}
