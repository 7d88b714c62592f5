//! The property buffer: a size word, a code word, tags, a closing zero. All words are 32 bits, little-endian.
//!
//! Source of the format: the firmware's mailbox property interface, and what the kernel's `vcio` makes of it (one refused
//! tag fails the whole message with EINVAL). What a tag says is not known here.

/// Bytes before the first tag: size and code.
const HEAD: usize = 8;
/// Bytes of a tag before its value: number, length, code.
const TAG: usize = 12;
/// In the message's code word: all is well.
const SUCCESS: u32 = 0x8000_0000;
/// In a tag's code word: it was answered; the low bits are the answer's length.
const ANSWERED: u32 = 0x8000_0000;

/// `EINVAL`.
pub(crate) const INVALID: i32 = 22;
/// `EPERM`.
pub(crate) const FORBIDDEN: i32 = 1;

/// The tag that carries a text command.
pub(crate) const TEXT: u32 = 0x0003_0080;

/// What became of one tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// This many bytes of its value are the answer.
    Answered(u32),
    /// Left as it was, as QEMU and the written interface do with an unknown tag.
    Unanswered,
    /// The whole message fails, as on a real board.
    Refused,
}

/// The tags of a message with their values; what is cut off ends it.
pub(crate) fn tags(message: &[u8]) -> Vec<(u32, &[u8])> {
    let mut tags = Vec::new();
    let mut at = HEAD;
    while let Some((number, length)) = tag_at(message, at) {
        tags.push((number, message.get(at + TAG..at + TAG + length).unwrap_or_default()));
        at += TAG + length.next_multiple_of(4);
    }
    tags
}

/// Answers every tag in place with what `say` makes of its number and value; an errno if the message fails.
pub(crate) fn answer(message: &mut [u8], mut say: impl FnMut(u32, &mut [u8]) -> Outcome) -> Result<(), i32> {
    let mut at = HEAD;
    while let Some((number, length)) = tag_at(message, at) {
        let value = message.get_mut(at + TAG..at + TAG + length).ok_or(INVALID)?;
        match say(number, value) {
            Outcome::Answered(bytes) => put(message, at + 8, ANSWERED | bytes),
            Outcome::Unanswered => {}
            Outcome::Refused => return Err(INVALID),
        }
        at += TAG + length.next_multiple_of(4);
    }
    put(message, 4, SUCCESS);
    Ok(())
}

/// Number and length of the tag at a place; nothing at the closing zero or the end of the message.
fn tag_at(message: &[u8], at: usize) -> Option<(u32, usize)> {
    let number = word(message, at).filter(|number| *number != 0)?;
    let length = word(message, at + 4)? as usize;
    word(message, at + 8)?;
    Some((number, length))
}

/// A word of a message.
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// Writes a word of a message; beyond its end, nothing.
pub(crate) fn put(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn a_tag_is_answered_in_place() {
        let mut bytes = message(&[28, 0, 0x0003_0046, 4, 0, 0, 0]);
        answer(&mut bytes, |number, value| {
            assert_eq!((number, value.len()), (0x0003_0046, 4));
            put(value, 0, 0x5_0005);
            Outcome::Answered(4)
        })
        .unwrap();
        assert_eq!(bytes, message(&[28, SUCCESS, 0x0003_0046, 4, ANSWERED | 4, 0x5_0005, 0]));
    }

    #[test]
    fn one_refused_tag_fails_the_message_and_an_unanswered_one_does_not() {
        let two = message(&[44, 0, 1, 4, 0, 0, 2, 4, 0, 0, 0]);
        let refused =
            answer(&mut two.clone(), |number, _| if number == 2 { Outcome::Refused } else { Outcome::Answered(4) });
        assert_eq!(refused, Err(INVALID));
        let mut silent = two.clone();
        answer(&mut silent, |_, _| Outcome::Unanswered).unwrap();
        assert_eq!((word(&silent, 4), word(&silent, 16)), (Some(SUCCESS), Some(0)));
        assert_eq!(tags(&two), [(1, [0; 4].as_slice()), (2, [0; 4].as_slice())]);
    }

    #[test]
    fn a_tag_longer_than_the_message_is_invalid() {
        let mut bytes = message(&[28, 0, 1, 400, 0, 0, 0]);
        assert_eq!(answer(&mut bytes, |_, _| Outcome::Answered(4)), Err(INVALID));
    }
}
