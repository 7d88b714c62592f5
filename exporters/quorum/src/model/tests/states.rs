//! Every state of the real clusters, and what must be said of it.

use super::*;

/// What is expected of a state.
struct Expected {
    authority: Authority,
    voters: usize,
    /// Online, effective, margin, tolerable, one after another; `None` if the numbers cannot be told.
    numbers: Option<(usize, usize, i64, usize, usize)>,
    reason: HaReason,
    advice: &'static str,
    change: Option<bool>,
}

fn check(name: &str, scene: &Scene, expected: &Expected) {
    let verdict = scene.judged();
    let numbers = verdict.numbers.map(|n| (n.online, n.effective, n.margin, n.tolerable, n.sequential));
    assert_eq!(verdict.view.authority, expected.authority, "{name}: authority");
    assert_eq!(verdict.voters.len(), expected.voters, "{name}: voters");
    assert_eq!(numbers, expected.numbers, "{name}: numbers");
    assert_eq!(verdict.reason, expected.reason, "{name}: reason");
    assert_eq!(advice(&verdict), expected.advice, "{name}: {:#?}", verdict.advice);
    assert_eq!(verdict.safe_to_change, expected.change, "{name}: change");
}

macro_rules! states {
    ($($name:ident: $scene:expr => $authority:ident, $voters:literal, $numbers:expr, $reason:ident, $advice:literal,
        $change:expr;)+) => {
        $(#[test]
        fn $name() {
            let expected = Expected {
                authority: Authority::$authority, voters: $voters, numbers: $numbers, reason: HaReason::$reason,
                advice: $advice, change: $change,
            };
            check(stringify!($name), &$scene, &expected);
        })+
    };
}

use PeerFailure::{Refused, Timeout, TlsUntrusted};

states! {
    healthy_of_three: Scene::three() => Leader, 3, Some((3, 3, 1, 1, 1)), Ok, "a+ b+ c+", Some(true);
    healthy_of_five: Scene::new(table("abc", "de", ""), 'a')
        => Leader, 3, Some((3, 3, 1, 1, 3)), Ok, "a+ b+ c+ d+ e+", Some(true);
    five_voters: Scene::new(table("abcde", "", ""), 'a')
        => Leader, 5, Some((5, 5, 2, 2, 3)), Ok, "a+ b+ c+ d+ e+", Some(true);
    two_nodes: Scene::new(table("a", "", "b"), 'a')
        => Leader, 1, Some((1, 1, 0, 0, 0)), TooFewMembers, "a- b+", Some(true);
    one_node: Scene::new(table("a", "", ""), 'a') => Leader, 1, Some((1, 1, 0, 0, 0)), TooFewMembers, "a-", Some(true);
    never_promoted: Scene::new(table("a", "", "bc"), 'a')
        => Leader, 1, Some((1, 1, 0, 0, 1)), VotersNotPromoted, "a- b+ c+", Some(true);
    even_voters: Scene::new(table("abcd", "", ""), 'a')
        => Leader, 4, Some((4, 4, 1, 1, 2)), Ok, "a+ b+ c+ d+", Some(true);

    // The table keeps three voters for ever, and `microk8s status` says yes.
    a_voter_down_without_standby: Scene::three().dead("c", Refused)
        => Leader, 3, Some((2, 2, 0, 0, 0)), VoterOffline, "a- b- c+", Some(false);
    a_voter_down_with_standby: Scene::new(table("abc", "d", ""), 'a').dead("c", Timeout)
        => Leader, 3, Some((2, 2, 0, 0, 1)), VoterOffline, "a- b- c+ d+", Some(false);
    after_the_standby_was_promoted: Scene::new(table("abd", "", "c"), 'a').dead("c", Timeout)
        => Leader, 3, Some((3, 3, 1, 1, 1)), Ok, "a+ b+ c+ d+", Some(true);
    a_voter_frozen: Scene::three().dead("c", Timeout)
        => Leader, 3, Some((2, 2, 0, 0, 0)), VoterOffline, "a- b- c+", Some(false);
    a_foreign_certificate: Scene::three().dead("c", TlsUntrusted)
        => Leader, 3, Some((2, 2, 0, 0, 0)), VoterOffline, "a- b- c+", Some(false);

    // The others name the dead leader for seconds, then nobody.
    leader_crashed_and_still_named: Scene::three().dead("b", Refused)
        => Voter, 3, Some((2, 2, 0, 0, 0)), NoLeader, "a- b- c-", Some(false);
    leader_crashed: Scene::three().dead("b", Refused).led_by(None)
        => Voter, 3, Some((2, 2, 0, 0, 0)), NoLeader, "a- b- c-", Some(false);
    leader_crashed_and_replaced: Scene::three().dead("b", Refused).led_by(Some('c'))
        => Leader, 3, Some((2, 2, 0, 0, 0)), VoterOffline, "a- b+ c-", Some(false);
    leader_frozen: Scene::three().dead("b", Timeout).led_by(None)
        => Voter, 3, Some((2, 2, 0, 0, 0)), NoLeader, "a- b- c-", Some(false);
    leader_left_to_itself_for_seconds: Scene::new(table("abc", "", ""), 'a').dead("bc", Timeout)
        => Leader, 3, Some((1, 1, -1, 0, 0)), NoQuorum, "a? b? c?", Some(false);

    quorum_lost: Scene::three().dead("bc", Refused).led_by(None)
        => Voter, 3, Some((1, 1, -1, 0, 0)), NoQuorum, "a- b- c-", Some(false);
    // Silence can mean that the hosts are off, or that this one is cut off.
    minority_side: Scene::three().dead("bc", Timeout).led_by(None)
        => Voter, 3, Some((1, 1, -1, 0, 0)), NoQuorum, "a? b? c?", Some(false);
    quorum_lost_of_five: Scene::new(table("abc", "de", ""), 'b').dead("bc", Refused).led_by(None)
        => Voter, 3, Some((1, 1, -1, 0, 0)), NoQuorum, "a- b- c- d- e-", Some(false);

    // It answers like a healthy voter; only its disk tells.
    full_disk: Scene::three().full_disk('c')
        => Leader, 3, Some((3, 2, 0, 0, 0)), VoterLagging, "a- b- c+", Some(false);
    full_disk_here: Scene::three().full_disk('a')
        => Leader, 3, Some((3, 2, 0, 0, 0)), VoterLagging, "a+ b- c-", Some(false);
    full_disk_of_the_leader: Scene::three().full_disk('b')
        => Leader, 3, Some((3, 2, 0, 0, 0)), VoterLagging, "a- b+ c-", Some(false);
    full_disk_and_one_dead: Scene::three().full_disk('c').dead("a", Timeout)
        => Leader, 3, Some((2, 1, -1, 0, 0)), NoQuorum, "a- b- c-", Some(false);
    // Nobody else's exporter can be asked: nothing is promised.
    disks_not_seen: Scene::three().alone() => Leader, 3, Some((3, 3, 1, 1, 1)), Ok, "a? b? c?", None;
    disks_not_seen_and_one_down: Scene::three().dead("c", Refused).alone()
        => Leader, 3, Some((2, 2, 0, 0, 0)), VoterOffline, "a- b- c?", Some(false);

    two_nodes_seen_by_the_spare: Scene::new(table("b", "", "a"), 'b').alone()
        => Leader, 1, Some((1, 1, 0, 0, 0)), TooFewMembers, "a? b-", None;
}

#[test]
fn a_voter_far_behind_does_not_count() {
    let mut scene = Scene::three();
    scene.0.disks.get_mut(&address('c')).unwrap().last_index = INDEX - 1024;
    let verdict = scene.judged();
    assert_eq!(verdict.numbers.unwrap().effective, 2);
    assert_eq!(verdict.reason, HaReason::VoterLagging);
    assert_eq!(advice(&verdict), "a- b- c+");
    scene.0.disks.get_mut(&address('c')).unwrap().last_index += 1;
    assert_eq!(advice(&scene.judged()), "a+ b+ c+");
}

/// A program that ended in good order leaves no segment open, and its exporter still sees the disk.
#[test]
fn a_stopped_voter_is_silent_and_not_full() {
    let scene = Scene::three().dead("c", Refused).full_disk('c');
    let verdict = scene.judged();
    assert_eq!((verdict.reason, advice(&verdict).as_str()), (HaReason::VoterOffline, "a- b- c+"));
}

/// All others are behind by the same: that is seen only beside the leader's log.
#[test]
fn the_leaders_log_is_the_measure() {
    let mut scene = Scene::three();
    for letter in ['a', 'c'] {
        scene.0.disks.get_mut(&address(letter)).unwrap().last_index = INDEX - 2000;
    }
    assert_eq!(advice(&scene.judged()), "a- b- c-");
    scene.0.disks.remove(&address('b'));
    assert_eq!(advice(&scene.judged()), "a? b? c?");
}

/// Blocked in one direction: the peer's log stands still long before it is behind by the limit.
#[test]
fn a_log_that_stands_still_is_no_ground_for_a_promise() {
    let mut scene = Scene::three();
    let lagging = scene.0.disks.get_mut(&address('c')).unwrap();
    (lagging.last_index, lagging.stands_still) = (INDEX - 81, true);
    let verdict = scene.judged();
    assert_eq!((verdict.numbers.unwrap().effective, advice(&verdict).as_str()), (3, "a? b? c+"));
}

/// Room alone does not cure it.
#[test]
fn a_voter_that_was_full_is_no_ground_for_a_promise_until_it_is_started() {
    let mut scene = Scene::three();
    scene.0.disks.get_mut(&address('c')).unwrap().was_full = true;
    assert_eq!(advice(&scene.judged()), "a? b? c+");
}

#[test]
fn one_way_block_here_is_not_held_against_the_peer_that_others_see() {
    let mut scene = Scene::three();
    scene.peer('c').answer = Err(Timeout);
    let verdict = scene.judged();
    // From here two voters are seen; whether the third is there is not known.
    assert_eq!(verdict.numbers.unwrap().margin, 0);
    assert_eq!(advice(&verdict), "a? b? c+");
    assert!(verdict.advice[0].sentence.contains("c answers b and not this node"), "{}", verdict.advice[0].sentence);
}

#[test]
fn one_way_block_between_others_is_seen_by_their_exporters() {
    let mut scene = Scene::three();
    let sight = scene.0.sights.iter_mut().find(|sight| sight.observer == address('c')).unwrap();
    sight.up.insert(address('b'), false);
    let verdict = scene.judged();
    // Without a, b and c must agree, and c does not reach b.
    assert_eq!(advice(&verdict), "a? b+ c+");
    assert!(verdict.advice[0].sentence.contains("b does not answer c"), "{}", verdict.advice[0].sentence);
}

#[test]
fn a_voter_that_follows_nobody_is_no_ground_for_a_promise() {
    let mut scene = Scene::three();
    scene.answer('c').leader = None;
    assert_eq!(advice(&scene.judged()), "a? b? c+");
}

/// It keeps answering, names no leader, and lists itself.
#[test]
fn a_removed_member_that_still_runs_is_found_and_may_go() {
    let mut scene = Scene::three();
    let stale = Answer { leader: None, table: table("abcx", "", ""), domain: Some(1) };
    scene.0.peers.push(Peer { address: address('x'), answer: Ok(stale) });
    let verdict = scene.judged();
    assert_eq!(advice(&verdict), "a+ b+ c+ x+");
    assert_eq!(verdict.view.compare(scene.peer('x')), Some(view::Comparison::NoMember));
    assert!(verdict.advice[3].sentence.contains("it is no member"), "{}", verdict.advice[3].sentence);
}

/// On the removed node itself: its own table is older than the leader's.
#[test]
fn the_leader_is_believed_over_our_own_table() {
    let mut scene = Scene::new(table("bcd", "", ""), 'b');
    let stale = Answer { leader: None, table: table("abcd", "", ""), domain: Some(1) };
    scene.0.peers.insert(0, Peer { address: address('a'), answer: Ok(stale) });
    let verdict = scene.judged();
    assert_eq!((verdict.view.authority, verdict.voters.len()), (Authority::Leader, 3));
    assert_eq!(verdict.view.compare(scene.peer('a')), Some(view::Comparison::NoMember));
}

/// Added to the table, never started: a spare that never becomes anything.
#[test]
fn a_ghost_is_a_member_that_does_not_answer() {
    let scene = Scene::new(table("abc", "", "g"), 'a').dead("g", Timeout);
    let verdict = scene.judged();
    assert_eq!((verdict.online, verdict.reason), (Some([3, 0, 0]), HaReason::Ok));
    assert_eq!((verdict.standby_shortage(), advice(&verdict).as_str()), (Some(1), "a+ b+ c+ g+"));
}

#[test]
fn a_spares_old_table_is_stale_and_a_voters_is_different() {
    let mut scene = Scene::new(table("abc", "d", "e"), 'a');
    scene.answer('e').table = table("ab", "", "e");
    scene.answer('d').table = table("ab", "d", "");
    let view = scene.judged().view;
    assert_eq!(view.compare(scene.peer('e')), Some(view::Comparison::Stale));
    assert_eq!(view.compare(scene.peer('d')), Some(view::Comparison::Differs));
    assert_eq!(view.compare(scene.peer('c')), Some(view::Comparison::Same));
}

#[test]
fn without_a_leader_most_voters_are_believed_then_standbys_then_the_file() {
    let mut scene = Scene::three().led_by(None);
    scene.answer('a').table = table("ab", "", "");
    assert_eq!(scene.judged().voters.len(), 3);

    let scene = Scene::new(table("abc", "d", "e"), 'a').dead("abc", Timeout);
    assert_eq!(scene.judged().view.authority, Authority::Standby);

    let scene = Scene::new(table("abc", "", "e"), 'a').dead("abc", Timeout);
    let verdict = scene.judged();
    assert_eq!((verdict.view.authority, advice(&verdict).as_str()), (Authority::File, "a? b? c? e?"));

    let mut nobody = Scene::three().dead("abc", Timeout);
    nobody.0.file = None;
    let verdict = nobody.judged();
    assert_eq!((verdict.view.authority, verdict.numbers, verdict.advice.len()), (Authority::None, None, 0));
    assert_eq!(verdict.reason, HaReason::Unreachable);
}

/// The old one is cut off from the others and does not know it yet; both answer us.
#[test]
fn of_two_that_claim_to_lead_the_one_with_a_quorum_leads() {
    let mut scene = Scene::three();
    scene.answer('a').leader = Some(Leader { id: u64::from('a'), address: address('a') });
    let verdict = scene.judged();
    assert_eq!(verdict.view.claimed.len(), 2);
    assert_eq!(verdict.view.leader.as_ref().map(|leader| leader.address.clone()), Some(address('b')));
    assert_eq!(advice(&verdict), "a+ b? c?");

    scene.answer('c').leader = None;
    let verdict = scene.judged();
    assert_eq!((verdict.view.leader, verdict.numbers.unwrap().tolerable), (None, 0));
}

#[test]
fn nobody_was_asked_is_no_number() {
    let mut scene = Scene::three();
    scene.0.peers.clear();
    let verdict = scene.judged();
    assert_eq!((verdict.view.authority, verdict.numbers, verdict.ha()), (Authority::File, None, None));
    assert_eq!((verdict.reason, verdict.ha_reported()), (HaReason::Unreachable, true));
}

#[test]
fn what_this_nodes_files_say_is_the_first_reason() {
    let reason = |locks: &[Lock]| {
        let mut scene = Scene::three().dead("c", Refused);
        scene.0.own.locks = Some(locks.iter().copied().collect());
        scene.judged().reason
    };
    assert_eq!(reason(&[Lock::HaCluster]), HaReason::VoterOffline);
    assert_eq!(reason(&[]), HaReason::AddonDisabled);
    assert_eq!(reason(&[Lock::HaCluster, Lock::Stopped]), HaReason::Stopped);
    assert_eq!(reason(&[Lock::HaCluster, Lock::LowMemory]), HaReason::LowMemoryGuard);
    assert_eq!(reason(&[Lock::Clustered]), HaReason::Worker);
    let mut well = Scene::three();
    well.0.own.locks = Some(BTreeSet::from([Lock::Stopped]));
    assert_eq!(well.judged().reason, HaReason::Ok, "the others are well all the same");
}

#[test]
fn domains_are_those_of_the_voters() {
    let mut scene = Scene::three();
    assert_eq!(scene.judged().domains.unwrap().loss_tolerable, None);
    scene.answer('c').domain = Some(2);
    assert_eq!(scene.judged().domains.unwrap().loss_tolerable, Some(false));
    scene.answer('b').domain = Some(3);
    assert_eq!(scene.judged().domains.unwrap().loss_tolerable, Some(true));
}
