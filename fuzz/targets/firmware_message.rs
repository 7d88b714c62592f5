//! The property message that the Pi's firmware sends back, and the answer of the child that asked it.

#![no_main]

use gjallarhorn_role_pi::parse::answer::Answer;
use gjallarhorn_role_pi::parse::message;
use gjallarhorn_role_pi::parse::question::{Clock, Question, Tag};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = message::text(bytes);
    for tag in [Tag::Throttled, Tag::Temperature, Tag::FirmwareBuild, Tag::ClockMeasured(Clock::Arm)] {
        let _ = message::number(bytes, tag);
    }
    let _ = Answer::unpacked(bytes);
    if let Some(question) = Question::unpacked(bytes) {
        assert_eq!(question.packed().map(|packed| vec![packed]).as_deref(), Some(bytes), "one question, one byte");
    }
});
