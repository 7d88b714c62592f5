//! The property message that the Pi's firmware sends back, and the answers of the child that asked it.

#![no_main]

use gjallarhorn_role_pi::parse::answer::Answer;
use gjallarhorn_role_pi::parse::question::{Clock, Question, Tag};
use gjallarhorn_role_pi::parse::{exchange, message};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = message::text(bytes);
    for tag in [Tag::Throttled, Tag::Temperature, Tag::FirmwareBuild, Tag::ClockMeasured(Clock::Arm)] {
        let _ = message::number(bytes, tag);
    }
    if let Ok(answer) = Answer::unpacked(bytes) {
        let mut packed = Vec::new();
        answer.pack(&mut packed);
        assert_eq!(Answer::unpacked(&packed), Ok(answer), "what was read is written so that it reads the same");
    }
    if let Ok(answers) = exchange::answers(bytes, exchange::QUESTIONS) {
        let mut packed = Vec::new();
        answers.iter().for_each(|answer| exchange::push(answer, &mut packed));
        assert_eq!(exchange::answers(&packed, answers.len()), Ok(answers));
    }
    if let [place] = bytes
        && let Some(question) = Question::unpacked(*place)
    {
        assert_eq!(question.packed(), Some(*place), "one question, one byte");
    }
});
