use proptest::prelude::*;

use super::*;
use crate::parse::question::{ALL, Clock, Command};

const MEASURED: Tag = Tag::ClockMeasured(Clock::Arm);
const TEMP: Question = Question::Text(Command::MeasureTemp);

#[test]
fn a_tag_is_asked_as_the_kernel_reads_it() {
    let words = [32_u32, 0, 0x0003_0047, 8, 0, 3, 0, 0];
    let expected: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(request(Question::Tag(MEASURED)), expected);
}

#[test]
fn a_command_is_asked_with_room_for_its_answer() {
    let message = request(TEMP);
    assert_eq!(message.len(), LARGEST);
    assert_eq!(word(&message, 0), u32::try_from(LARGEST).ok());
    assert_eq!(message[HEAD + TAG_HEAD..][..17], *b"\0\0\0\0measure_temp\0");
}

#[test]
fn a_message_in_the_memory_of_another_keeps_nothing_of_it() {
    for before in [request(TEMP), vec![0xff; 2 * LARGEST], Vec::new()] {
        for question in ALL {
            assert_eq!(request_in(before.clone(), question), request(question));
        }
        assert_eq!(answered::text_in(before, TEMP, b"t"), answered::text(TEMP, b"t"));
    }
    let long = answered::text(Question::Text(Command::MeasureClock(Clock::H264)), b"x");
    assert_eq!(text(&long), Ok(&b"x"[..]), "nothing of the command is left");
}

#[test]
fn what_was_answered_is_read() {
    assert_eq!(text(&answered::text(TEMP, b"temp=48.2'C\n")), Ok(&b"temp=48.2'C"[..]));
    assert_eq!(number(&answered::words(Question::Tag(MEASURED), &[3, 600_117_184]), MEASURED), Ok(600_117_184));
    assert_eq!(number(&answered::words(Question::Tag(Tag::Throttled), &[0x5_0005]), Tag::Throttled), Ok(0x5_0005));
}

#[test]
fn what_was_not_answered_is_told_from_what_was_refused() {
    let asked = Question::Tag(MEASURED);
    assert_eq!(number(&answered::nothing(asked), MEASURED), Err(Refusal::Unknown));
    assert_eq!(number(&request(asked), MEASURED), Err(Refusal::Unknown));
    let mut failed = answered::words(asked, &[3, 1]);
    failed[4..8].copy_from_slice(&0x8000_0001_u32.to_le_bytes());
    assert_eq!(number(&failed, MEASURED).unwrap_err().kind(), gjallarhorn_service::FailureKind::Refused);
    let mut coded = answered::text(TEMP, b"temp=1.0'C");
    coded[HEAD + TAG_HEAD] = 2;
    assert_eq!(text(&coded), Err(Refusal::Refused("error 0x2".into())));
}

#[test]
fn an_answer_to_another_question_is_malformed() {
    let other = answered::words(Question::Tag(Tag::ClockMeasured(Clock::Core)), &[4, 500_000_000]);
    assert!(matches!(number(&other, MEASURED), Err(Refusal::Malformed(_))));
    assert!(matches!(number(&other, Tag::Throttled), Err(Refusal::Malformed(_))));
    let short = answered::words(Question::Tag(MEASURED), &[3]);
    assert!(matches!(number(&short, MEASURED), Err(Refusal::Malformed(_))));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = text(&bytes);
        for one in ALL {
            if let Question::Tag(tag) = one { let _ = number(&bytes, tag); }
        }
    }

    /// A good answer with a few bytes changed, which gets further than noise does.
    #[test]
    fn changed_answers_are_read_or_refused(at in 0..LARGEST, byte: u8, cut in 0..LARGEST) {
        for mut message in [answered::text(TEMP, b"temp=48.2'C"), answered::words(Question::Tag(MEASURED), &[3, 9])] {
            if let Some(place) = message.get_mut(at) { *place = byte; }
            message.truncate(cut.max(1));
            let _ = (text(&message), number(&message, MEASURED));
        }
    }

    #[test]
    fn every_text_that_fits_comes_back(answer in "[ -~]{0,4000}") {
        let message = answered::text(TEMP, answer.as_bytes());
        prop_assert_eq!(text(&message).unwrap(), answer.trim_ascii().as_bytes());
    }

    #[test]
    fn only_zeros_at_the_end_are_cut(bytes in proptest::collection::vec(prop_oneof![9 => Just(0_u8), 1 => any::<u8>()], 0..200)) {
        let short = shortened(&bytes);
        prop_assert!(bytes.starts_with(short) && short.last() != Some(&0));
        prop_assert!(bytes[short.len()..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn every_number_comes_back(value: u32) {
        prop_assert_eq!(number(&answered::words(Question::Tag(Tag::Throttled), &[value]), Tag::Throttled), Ok(value));
    }
}
