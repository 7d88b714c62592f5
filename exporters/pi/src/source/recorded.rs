//! A recorded firmware: where a device below the root is a folder, a file for each question holds what was answered.
//!
//! The file's name is the question's ([`Question::name`]). Its content is the text of the answer, or the words of a tag's
//! value (`3 600117184`, decimal or 0x). Instead of either it can say `errno N` (the call is refused) or `unanswered`. A
//! question without a file is one that the firmware does not know: it says so for a command, and fails the message for a
//! tag. The file `open` with `errno N` says that the device itself cannot be opened. A file that does not end (a FIFO) is a
//! firmware that hangs.

use std::path::Path;

use gjallarhorn_service::failure::chain;
use gjallarhorn_service::{FailureKind, bounded};
use nix::errno::Errno;

use crate::parse::answer::Outcome;
use crate::parse::message::{LARGEST, answered};
use crate::parse::question::Question;

/// What a firmware says that does not know a command.
const NOT_REGISTERED: &str = "error=1 error_msg=\"Command not registered\"";

/// The error number with which the device refuses to be opened, if it does.
pub(super) fn closed(folder: &Path) -> Option<i32> {
    errno(&bounded::read_text(&folder.join("open"), LARGEST).ok()?)
}

/// The recorded answer.
pub(super) fn answer(folder: &Path, question: Question) -> Outcome {
    match bounded::read(&folder.join(question.name()), LARGEST) {
        Ok(bytes) => content(question, &bytes),
        Err(failure) if failure.kind == FailureKind::Absent => unknown(question),
        Err(failure) => Outcome::Unasked(chain(&failure)),
    }
}

fn content(question: Question, bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    if let Some(errno) = errno(&text) {
        return Outcome::Errno(errno);
    }
    if text.trim() == "unanswered" {
        return Outcome::Message(answered::nothing(question));
    }
    match question {
        Question::Text(_) => Outcome::Message(answered::text(question, bytes)),
        Question::Tag(_) => words(&text).map_or_else(
            || Outcome::Unasked(format!("no words in the recording of {}", question.name())),
            |words| Outcome::Message(answered::words(question, &words)),
        ),
    }
}

fn unknown(question: Question) -> Outcome {
    match question {
        Question::Text(_) => Outcome::Message(answered::text(question, NOT_REGISTERED.as_bytes())),
        Question::Tag(_) => Outcome::Errno(Errno::EINVAL as i32),
    }
}

fn errno(text: &str) -> Option<i32> {
    text.trim().strip_prefix("errno ")?.parse().ok()
}

fn words(text: &str) -> Option<Vec<u32>> {
    let word = |word: &str| match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    let words: Option<Vec<u32>> = text.split_whitespace().map(word).collect();
    words.filter(|words| (1..=2).contains(&words.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::message;
    use crate::parse::question::{Clock, Command, Tag};

    const TEMP: Question = Question::Text(Command::MeasureTemp);
    const MEASURED: Tag = Tag::ClockMeasured(Clock::Arm);

    #[test]
    fn a_recording_says_what_a_firmware_would() {
        let Outcome::Message(answer) = content(TEMP, b"temp=48.2'C\n") else { panic!("a text is an answer") };
        assert_eq!(message::text(&answer), Ok(&b"temp=48.2'C"[..]));
        let Outcome::Message(answer) = content(Question::Tag(MEASURED), b"3 0x10\n") else { panic!("words are one") };
        assert_eq!(message::number(&answer, MEASURED), Ok(16));
        assert_eq!(content(TEMP, b"errno 110\n"), Outcome::Errno(110));
        assert_eq!(
            content(Question::Tag(MEASURED), b"unanswered"),
            Outcome::Message(answered::nothing(Question::Tag(MEASURED)))
        );
        assert!(matches!(content(Question::Tag(MEASURED), b"three"), Outcome::Unasked(_)));
        assert_eq!(unknown(Question::Tag(MEASURED)), Outcome::Errno(22));
    }
}
