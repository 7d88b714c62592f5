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
        (told(&Scene::three(), 'c'), "Yes, c may be stopped: 2 of 3 voters remain that surely write and 2 are needed."),
        (
            told(&spare, 'd'),
            "Yes, d may be stopped: it is a spare and does not vote; 3 of 3 voters remain that surely write and 2 are needed.",
        ),
        (
            told(&Scene::three().dead("c", Timeout), 'b'),
            "No, do not stop b: without it 1 of 3 voters are left and 2 are needed (c does not answer: timeout).",
        ),
        (told(&Scene::new(table("a", "", "b"), 'a'), 'a'), "No, do not stop a: it is the only voter."),
        (
            told(&Scene::three().full_disk('c'), 'b'),
            "No, do not stop b: without it 1 of 3 voters are left and 2 are needed (c answers and cannot write: its disk \
             is full or no segment is open).",
        ),
        (
            told(&Scene::three().dead("bc", Refused).led_by(None), 'a'),
            "No, do not stop a: the quorum is lost already, 2 of 3 voters are needed (b does not answer: refused; c does \
             not answer: refused).",
        ),
        (
            told(&Scene::three().dead("bc", Timeout).led_by(None), 'a'),
            "Cannot tell whether a may be stopped: 1 of 3 voters are seen from here and 2 are needed, so the quorum is \
             lost or this node is cut off (b does not answer: timeout; c does not answer: timeout); stop nothing.",
        ),
        (
            told(&Scene::new(table("abcd", "", ""), 'b').dead("b", Refused).led_by(None), 'a'),
            "No, do not stop a: without it 2 of 4 voters are left and 3 are needed (b does not answer: refused).",
        ),
        (
            told(&Scene::three().alone(), 'a'),
            "Cannot tell whether a may be stopped: 2 voters that surely write must remain (whether b can write is not \
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

#[test]
fn answers_have_their_exit_codes() {
    assert_eq!([Say::Yes, Say::No, Say::CannotTell].map(Say::exit_code), [0, 1, 3]);
    assert_eq!([Say::Yes, Say::No, Say::CannotTell].map(Say::value), [Some(true), Some(false), None]);
}
