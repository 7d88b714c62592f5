//! What travels through the pipes.
//!
//! A question is its length (u32), the largest answer that is wanted (u32) and its bytes; an answer is its length
//! (u32), its kind (u8) and its bytes. All numbers are little endian. One question, one answer, in turn.

/// Length of a question's head.
pub(super) const QUESTION_HEAD: usize = 8;

/// Length of an answer's head.
pub(super) const ANSWER_HEAD: usize = 5;

/// A question larger than this might not fit an empty pipe (64 KiB), and writing it could wait for the child.
pub(super) const QUESTION_LIMIT: usize = 60 * 1024;

/// What kind of answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The bytes that were asked for.
    Answer = 0,
    /// Another process holds the lock; the bytes are its id (u32), 0 if it is not known.
    Held = 1,
    /// The answer is larger than was wanted; the bytes are its length (u64).
    Oversized = 2,
}

impl Kind {
    fn of(byte: u8) -> Option<Kind> {
        [Kind::Answer, Kind::Held, Kind::Oversized].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// A whole question.
pub(super) fn question(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut frame = Vec::with_capacity(QUESTION_HEAD + bytes.len());
    frame.extend(saturating(bytes.len()).to_le_bytes());
    frame.extend(saturating(most).to_le_bytes());
    frame.extend(bytes);
    frame
}

/// Length of the question, and the largest answer that is wanted.
pub(super) fn question_head(head: [u8; QUESTION_HEAD]) -> (usize, usize) {
    let [a, b, c, d, e, f, g, h] = head;
    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize)
}

/// The head of an answer.
pub(super) fn answer_head(length: usize, kind: Kind) -> [u8; ANSWER_HEAD] {
    let [a, b, c, d] = saturating(length).to_le_bytes();
    [a, b, c, d, kind as u8]
}

/// Length and kind of an answer; nothing if the kind is none of ours.
pub(super) fn parse_answer_head(head: [u8; ANSWER_HEAD]) -> Option<(usize, Kind)> {
    let [a, b, c, d, kind] = head;
    Some((u32::from_le_bytes([a, b, c, d]) as usize, Kind::of(kind)?))
}

fn saturating(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_read_back_what_was_written() {
        let frame = question(b"abc", 1 << 20);
        assert_eq!(question_head(frame[..QUESTION_HEAD].try_into().unwrap()), (3, 1 << 20));
        assert_eq!(&frame[QUESTION_HEAD..], b"abc");
        for kind in [Kind::Answer, Kind::Held, Kind::Oversized] {
            assert_eq!(parse_answer_head(answer_head(7, kind)), Some((7, kind)));
        }
        assert_eq!(parse_answer_head([0, 0, 0, 0, 9]), None);
    }
}
