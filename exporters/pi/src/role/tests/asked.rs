//! How often the firmware is asked, and what for.

use super::*;
use crate::parse::question::{Command, Tag};

fn sorted(exchanges: &[Vec<Question>]) -> Vec<Question> {
    let mut all = exchanges.concat();
    all.sort();
    all
}

/// The exchanges of one round of a source, and the lines of the page that the firmware stands behind.
fn round(stage: &mut Stage, source: &str, now: Timestamp) -> (Vec<Vec<Question>>, Vec<String>) {
    stage.exchanges();
    let _ = stage.round(source, now);
    let page = stage.page(now);
    (stage.exchanges(), samples(&page).into_iter().map(str::to_owned).collect())
}

#[test]
fn a_round_is_one_exchange() {
    for machine in ["pi5", "pi4", "zero2w", "pi5-undervolt"] {
        let mut stage = Stage::fixture(machine);
        let (first, _) = round(&mut stage, FIRMWARE, at(0));
        assert!(first.len() <= 2, "{machine}: texts, and the tags in place of those that are refused: {first:?}");
        for now in [10, 20, 3700] {
            let (exchanges, page) = round(&mut stage, FIRMWARE, at(now));
            assert_eq!(exchanges.len(), 1, "{machine}: {exchanges:?}");
            assert!(page.iter().any(|line| line.starts_with("rpi_clock_measured_hertz{clock=\"arm\"}")), "{page:?}");
        }
        assert_eq!(round(&mut stage, SAMPLER, at(30)).0, [[Question::Text(Command::GetThrottled)]], "{machine}");
        stage.round(PMIC, at(30)).ok();
        assert!(stage.exchanges().len() <= 1);
    }
}

/// Doors that are closed are no reason to ask in small change.
#[test]
fn closed_doors_are_found_closed_in_two_exchanges() {
    let mut stage = Stage::fixture("pi4-pod");
    for now in [0, 10] {
        let (exchanges, _) = round(&mut stage, FIRMWARE, at(now));
        assert_eq!(exchanges.len(), 2, "texts, then tags: {exchanges:?}");
    }
}

#[test]
fn no_question_is_put_twice_in_a_round_and_none_that_was_refused() {
    for machine in ["pi5", "pi4", "pi4-tags", "pi5-undervolt", "broken", "pi4-pod"] {
        let mut stage = Stage::fixture(machine);
        for now in [0, 10, 20] {
            let refused: Vec<String> =
                stage.role.shared.firmware.refusals().into_iter().map(|(name, _)| name).collect();
            let all = sorted(&round(&mut stage, FIRMWARE, at(now)).0);
            let mut once = all.clone();
            once.dedup();
            assert_eq!(all, once, "{machine}");
            assert!(all.iter().all(|one| !refused.contains(&one.name())), "{machine}: {all:?}, {refused:?}");
        }
    }
}

/// A firmware that takes its time answers one question in an exchange, so that others come in between.
#[test]
fn a_slow_firmware_says_the_same_piece_by_piece() {
    for machine in ["pi5", "pi4", "pi4-tags", "zero2w", "broken"] {
        let (mut quick, mut slow) = (Stage::fixture(machine), Stage::fixture(machine));
        slow.mood(Mood::TakesItsTime);
        for now in [0, 10] {
            let (together, page) = round(&mut quick, FIRMWARE, at(now));
            let (apart, same) = round(&mut slow, FIRMWARE, at(now));
            assert_eq!(page, same, "{machine}");
            assert!(apart.len() > together.len(), "{machine}");
            let first: Vec<Question> = apart.iter().map(|asked| asked[0]).collect();
            assert_eq!(sorted(&[first]), sorted(&together), "{machine}: each was put until it was answered");
        }
        assert_eq!(quick.role.shared.firmware.refusals(), slow.role.shared.firmware.refusals(), "{machine}");
    }
}

#[test]
fn while_the_firmware_hangs_a_round_is_one_attempt() {
    let mut stage = Stage::fixture("pi5");
    stage.rounds(at(0));
    stage.mood(Mood::Hangs);
    let (exchanges, _) = round(&mut stage, FIRMWARE, at(10));
    assert_eq!((exchanges.len(), stage.state_of(FIRMWARE)), (1, "timeout"), "no second way is tried");
    let (exchanges, _) = round(&mut stage, FIRMWARE, at(20));
    assert_eq!((exchanges.len(), stage.state_of(FIRMWARE)), (1, "blocked"));
    stage.mood(Mood::Answers);
    let (exchanges, page) = round(&mut stage, FIRMWARE, at(30));
    assert_eq!((exchanges.len(), stage.state_of(FIRMWARE)), (1, "ok"));
    assert!(page.iter().any(|line| line.starts_with("rpi_rail_volts{rail=\"core\"}")), "{page:?}");
}

/// The tags are told apart from the texts they travel with.
#[test]
fn tags_that_are_closed_are_told_and_tried_again_with_the_next_round() {
    let mut stage = Stage::fixture("pi5-undervolt");
    for now in [0, 10] {
        let (exchanges, _) = round(&mut stage, FIRMWARE, at(now));
        assert!(exchanges[0].contains(&Question::Tag(Tag::FirmwareBuild)));
        assert_eq!((stage.state_of(TAG), stage.state_of(FIRMWARE)), ("denied", "ok"));
    }
}
