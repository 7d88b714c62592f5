//! The sentences: one each, with the reason, and with what would help.

use super::*;

fn told(scene: &Scene, letter: char) -> String {
    let verdict = scene.judged();
    verdict.advice.iter().find(|advice| advice.member.address == address(letter)).unwrap().sentence.clone()
}

#[test]
fn every_case_has_its_sentence() {
    use PeerFailure::{Refused, Timeout};
    let spare = Scene::new(table("abc", "", "d"), 'a');
    let cases = [
        (told(&Scene::three(), 'c'), "Yes, c may be stopped: voters that surely write without it: 2 of 3, needed: 2."),
        (
            told(&spare, 'd'),
            "Yes, d may be stopped: it is a spare and does not vote; voters that surely write without it: 3 of 3, needed: 2.",
        ),
        (
            told(&Scene::three().dead("c", Timeout), 'b'),
            "No, do not stop b: voters left without it: 1 of 3, needed: 2 (c does not answer: timeout).",
        ),
        (told(&Scene::new(table("a", "", "b"), 'a'), 'a'), "No, do not stop a: it is the only voter."),
        (
            told(&Scene::three().full_disk('c'), 'b'),
            "No, do not stop b: voters left without it: 1 of 3, needed: 2 (c answers and cannot write: its disk is full \
             or no segment is open).",
        ),
        (
            told(&Scene::three().dead("bc", Refused).led_by(None), 'a'),
            "No, do not stop a: the quorum is lost already, voters needed: 2 of 3 (b does not answer: refused; c does \
             not answer: refused).",
        ),
        (
            told(&Scene::three().dead("bc", Timeout).led_by(None), 'a'),
            "Cannot tell whether a may be stopped: voters seen from here: 1 of 3, needed: 2, so the quorum is lost \
             or this node is cut off (b does not answer: timeout; c does not answer: timeout); stop nothing.",
        ),
        (
            told(&Scene::new(table("abcd", "", ""), 'b').dead("b", Refused).led_by(None), 'a'),
            "No, do not stop a: voters left without it: 2 of 4, needed: 3 (b does not answer: refused).",
        ),
        (
            told(&Scene::three().alone(), 'a'),
            "Cannot tell whether a may be stopped: too little is known of the voters that would remain (whether b can write is not \
             seen from here; whether c can write is not seen from here); name the other nodes' exporters under `quorum: \
             exporters:`.",
        ),
        (
            told(&Scene::new(table("abc", "", "e"), 'a').dead("abc", Timeout), 'e'),
            "Cannot tell whether e may be stopped: no voter answers from here, and cluster.yaml only says who was a member \
             once.",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

/// Where the exporters are asked and one does not answer, naming them is no help.
#[test]
fn the_hint_is_given_only_where_nobody_is_asked() {
    let mut scene = Scene::three();
    scene.0.disks.remove(&address('b'));
    assert!(told(&scene, 'a').ends_with("the leader's is not seen)."), "{}", told(&scene, 'a'));
}

#[test]
fn answers_have_their_exit_codes() {
    assert_eq!([Say::Yes, Say::No, Say::CannotTell].map(Say::exit_code), [0, 1, 3]);
    assert_eq!([Say::Yes, Say::No, Say::CannotTell].map(Say::value), [Some(true), Some(false), None]);
}
