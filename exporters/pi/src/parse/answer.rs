//! How the child hands an answer on: which device was asked, and what came of it. It understands nothing of the bytes.

use super::message::{self, LARGEST};

/// A device of the firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Door {
    /// `/dev/vcio_gencmd`: text commands and nothing else; for the group video.
    Gencmd,
    /// `/dev/vcio`: every tag, those that write included; root's on newer systems.
    Vcio,
}

impl Door {
    /// The device's name below `/dev`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Door::Gencmd => "vcio_gencmd",
            Door::Vcio => "vcio",
        }
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The message as the firmware left it.
    Message(Vec<u8>),
    /// The device could not be opened; the error number of the system.
    Closed(i32),
    /// The call was refused; the error number of the system.
    Errno(i32),
    /// No question, or a recording that cannot be read; why.
    Unasked(String),
}

/// An answer of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The device that was asked.
    pub door: Door,
    /// What came of it.
    pub outcome: Outcome,
}

/// The bytes are no answer of the child's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the child's answer is none")]
pub struct NoAnswer;

impl Answer {
    /// Appends the answer as it travels: the device, what kind of outcome, and its bytes. Of a message that is its length
    /// (u32, little endian) and itself without the zeros at its end, which are most of a text's 4 KiB.
    pub fn pack(&self, packed: &mut Vec<u8>) {
        let door = u8::from(self.door == Door::Vcio);
        match &self.outcome {
            Outcome::Message(message) => {
                packed.extend([door, 0]);
                packed.extend(u32::try_from(message.len()).unwrap_or(u32::MAX).to_le_bytes());
                packed.extend_from_slice(message::shortened(message));
            }
            Outcome::Closed(errno) => {
                packed.extend([door, 1]);
                packed.extend(errno.to_le_bytes());
            }
            Outcome::Errno(errno) => {
                packed.extend([door, 2]);
                packed.extend(errno.to_le_bytes());
            }
            Outcome::Unasked(why) => {
                packed.extend([door, 3]);
                packed.extend_from_slice(why.as_bytes());
            }
        }
    }

    /// Reads it back.
    ///
    /// # Errors
    /// The bytes are no answer.
    pub fn unpacked(bytes: &[u8]) -> Result<Answer, NoAnswer> {
        let [door, kind, rest @ ..] = bytes else { return Err(NoAnswer) };
        let door = match door {
            0 => Door::Gencmd,
            1 => Door::Vcio,
            _ => return Err(NoAnswer),
        };
        let errno = || <[u8; 4]>::try_from(rest).map(i32::from_le_bytes).map_err(|_| NoAnswer);
        let outcome = match kind {
            0 => Outcome::Message(message(rest)?),
            1 => Outcome::Closed(errno()?),
            2 => Outcome::Errno(errno()?),
            3 => Outcome::Unasked(String::from_utf8_lossy(rest).into_owned()),
            _ => return Err(NoAnswer),
        };
        Ok(Answer { door, outcome })
    }
}

/// A message with the zeros again that did not travel.
fn message(bytes: &[u8]) -> Result<Vec<u8>, NoAnswer> {
    let (length, shortened) = bytes.split_first_chunk().ok_or(NoAnswer)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| NoAnswer)?;
    if !(shortened.len()..=LARGEST).contains(&length) {
        return Err(NoAnswer);
    }
    let mut message = Vec::with_capacity(length);
    message.extend_from_slice(shortened);
    message.resize(length, 0);
    Ok(message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::message::answered;
    use crate::parse::question::ALL;

    fn packed(answer: &Answer) -> Vec<u8> {
        let mut packed = Vec::new();
        answer.pack(&mut packed);
        packed
    }

    #[test]
    fn an_answer_reads_back() {
        for outcome in [
            Outcome::Message(vec![1, 2, 3]),
            Outcome::Message(vec![]),
            Outcome::Message(vec![0; LARGEST]),
            Outcome::Message(answered::text(ALL[0], b"throttled=0x0")),
            Outcome::Closed(13),
            Outcome::Errno(-1),
            Outcome::Unasked("no such file".into()),
        ] {
            for door in [Door::Gencmd, Door::Vcio] {
                let answer = Answer { door, outcome: outcome.clone() };
                assert_eq!(Answer::unpacked(&packed(&answer)), Ok(answer));
            }
        }
        for bytes in [&[][..], &[0], &[2, 0], &[0, 4], &[0, 1, 1], &[0, 0, 0, 0, 0], &[0, 0, 1, 0, 0, 0, 7, 7]] {
            assert_eq!(Answer::unpacked(bytes), Err(NoAnswer), "{bytes:?}");
        }
    }

    #[test]
    fn of_a_text_only_the_text_travels() {
        let outcome = Outcome::Message(answered::text(ALL[0], b"throttled=0x0"));
        assert_eq!(packed(&Answer { door: Door::Gencmd, outcome }).len(), 2 + 4 + 8 + 12 + 4 + 13);
        let huge = [&[0, 0][..], &u32::MAX.to_le_bytes()].concat();
        assert_eq!(Answer::unpacked(&huge), Err(NoAnswer), "no message is that long");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Answer::unpacked(&bytes);
        }
    }
}
