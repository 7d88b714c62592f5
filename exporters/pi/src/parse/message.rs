//! The property message: a question to the firmware, and its answer in the same bytes.
//!
//! Little-endian words of 32 bits (the kernel's `raspberrypi-firmware.h`, the mailbox property interface): total bytes,
//! status (0 asks, 0x80000000 well, 0x80000001 failed), then tags, then 0. A tag: number, bytes of its value, 0 (in an
//! answer 0x80000000 and the bytes answered), value. A tag that the firmware does not know is left unanswered by some
//! (bit 31 stays 0) and fails the message with others; both are looked at.

use super::Refusal;
use super::question::{Question, Tag};

/// The tag that carries a text command.
const TEXT: u32 = 0x0003_0080;
/// Bytes of its value: a list of the power chip's readings has 910, and 1 KiB was too small for others.
const TEXT_BYTES: usize = 4096;
/// Bytes before the first tag, and of a tag before its value.
const HEAD: usize = 8;
const TAG_HEAD: usize = 12;
const WELL: u32 = 0x8000_0000;
const FAILED: u32 = 0x8000_0001;
const ANSWERED: u32 = 0x8000_0000;

/// An empty value. Copied, because the compiler fills the rest of a vector byte by byte where it builds for size, which was
/// most of what a look of the sampler cost the child.
const NOTHING: [u8; TEXT_BYTES] = [0; TEXT_BYTES];

/// The largest message there is.
pub const LARGEST: usize = HEAD + TAG_HEAD + TEXT_BYTES + 4;

/// The message that asks a question.
#[must_use]
pub fn request(question: Question) -> Vec<u8> {
    request_in(Vec::new(), question)
}

/// The same in the memory of a message before it.
#[must_use]
pub fn request_in(mut message: Vec<u8>, question: Question) -> Vec<u8> {
    message.clear();
    match question {
        Question::Text(command) => {
            // An error code, the command, and room for the answer.
            head(&mut message, TEXT, TEXT_BYTES);
            message.extend([0; 4]);
            let line = command.line();
            message.extend_from_slice(line.as_bytes());
            message.extend_from_slice(NOTHING.get(4 + line.len()..).unwrap_or_default());
        }
        Question::Tag(tag) => {
            let (id, words) = tag.request();
            head(&mut message, id, words.len() * 4);
            words.iter().for_each(|word| message.extend(word.to_le_bytes()));
        }
    }
    message.extend([0; 4]);
    message
}

/// What comes before the value of the only tag.
fn head(message: &mut Vec<u8>, id: u32, bytes: usize) {
    let total = HEAD + TAG_HEAD + bytes + 4;
    message.reserve_exact(total);
    for word in [length(total), 0, id, length(bytes), 0] {
        message.extend(word.to_le_bytes());
    }
}

/// A message without the zeros at its end.
#[must_use]
pub fn shortened(message: &[u8]) -> &[u8] {
    // In steps of sixteen: there are 4 KiB of them at each look of the sampler.
    let (_, chunks) = message.as_rchunks::<16>();
    let zeros = 16 * chunks.iter().rev().take_while(|chunk| **chunk == [0; 16]).count();
    let rest = &message[..message.len() - zeros];
    let end = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &rest[..end]
}

/// The text that answers a command.
///
/// # Errors
/// `unsupported` if the tag was left unanswered; `refused` if the firmware says so in its status or its text; `malformed`.
pub fn text(message: &[u8]) -> Result<&[u8], Refusal> {
    let value = value(message, TEXT)?;
    let code = word(value, 0).ok_or_else(|| Refusal::malformed(value))?;
    if code != 0 {
        return Err(Refusal::Refused(format!("error {code:#x}")));
    }
    let text = value.get(4..).unwrap_or_default();
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    Ok(text[..end].trim_ascii())
}

/// The number that answers a tag: the last word of its value.
///
/// # Errors
/// As [`text`]; `malformed` also if the answer is about another clock or rail than was asked for.
pub fn number(message: &[u8], tag: Tag) -> Result<u32, Refusal> {
    let (id, asked) = tag.request();
    let value = value(message, id)?;
    let about = asked.len() - 1;
    if value.len() < asked.len() * 4 || (about == 1 && word(value, 0) != asked.first().copied()) {
        return Err(Refusal::malformed(value));
    }
    word(value, about * 4).ok_or_else(|| Refusal::malformed(value))
}

/// The answered value of the message's only tag.
fn value(message: &[u8], id: u32) -> Result<&[u8], Refusal> {
    let malformed = || Refusal::malformed(message);
    match word(message, 4).ok_or_else(malformed)? {
        WELL => {}
        // Nobody touched it.
        0 => return Err(Refusal::Unknown),
        FAILED => return Err(Refusal::Refused(format!("status {FAILED:#x}"))),
        _ => return Err(malformed()),
    }
    let answered = word(message, HEAD + 8).ok_or_else(malformed)?;
    if word(message, HEAD) != Some(id) {
        return Err(malformed());
    }
    if answered & ANSWERED == 0 {
        return Err(Refusal::Unknown);
    }
    let room = word(message, HEAD + 4).ok_or_else(malformed)?.min(answered & !ANSWERED);
    let end = usize::try_from(room).ok().and_then(|room| room.checked_add(HEAD + TAG_HEAD)).ok_or_else(malformed)?;
    message.get(HEAD + TAG_HEAD..end).ok_or_else(malformed)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// Messages are far shorter than what a word can count.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Answers as the firmware gives them, for recordings and tests.
pub mod answered {
    use super::{ANSWERED, HEAD, TAG_HEAD, TEXT_BYTES, WELL, length, request, request_in};
    use crate::parse::question::Question;

    /// The question, answered with a text (cut at what fits).
    #[must_use]
    pub fn text(question: Question, text: &[u8]) -> Vec<u8> {
        text_in(Vec::new(), question, text)
    }

    /// The same in the memory of a message before it.
    #[must_use]
    pub fn text_in(message: Vec<u8>, question: Question, text: &[u8]) -> Vec<u8> {
        let text = &text[..text.len().min(TEXT_BYTES - 5)];
        let mut message = request_in(message, question);
        put(&mut message, 4, WELL);
        put(&mut message, HEAD + 8, ANSWERED | length(4 + text.len() + 1));
        put(&mut message, HEAD + TAG_HEAD, 0);
        let value = &mut message[HEAD + TAG_HEAD + 4..HEAD + TAG_HEAD + TEXT_BYTES];
        // The command stands there, and nothing behind it.
        let asked = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
        value[..asked].fill(0);
        value[..text.len()].copy_from_slice(text);
        message
    }

    /// The question, answered with words.
    #[must_use]
    pub fn words(question: Question, words: &[u32]) -> Vec<u8> {
        let mut message = request(question);
        put(&mut message, 4, WELL);
        put(&mut message, HEAD + 8, ANSWERED | length(words.len() * 4));
        for (place, word) in words.iter().enumerate() {
            put(&mut message, HEAD + TAG_HEAD + place * 4, *word);
        }
        message
    }

    /// The question, handed back without an answer.
    #[must_use]
    pub fn nothing(question: Question) -> Vec<u8> {
        let mut message = request(question);
        put(&mut message, 4, WELL);
        message
    }

    fn put(message: &mut [u8], at: usize, word: u32) {
        if let Some(place) = message.get_mut(at..at + 4) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
