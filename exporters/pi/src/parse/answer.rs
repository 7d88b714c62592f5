//! How the child hands an answer on: which device was asked, and what came of it. It understands nothing of the bytes.

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
    /// The answer as it travels: the device, what kind of outcome, and its bytes.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        self.packed_in(Vec::new())
    }

    /// The same in the memory of an answer before it.
    #[must_use]
    pub fn packed_in(&self, mut packed: Vec<u8>) -> Vec<u8> {
        packed.clear();
        let head = |kind| [u8::from(self.door == Door::Vcio), kind];
        match &self.outcome {
            Outcome::Message(message) => {
                packed.extend(head(0));
                packed.extend_from_slice(message);
            }
            Outcome::Closed(errno) => {
                packed.extend(head(1));
                packed.extend(errno.to_le_bytes());
            }
            Outcome::Errno(errno) => {
                packed.extend(head(2));
                packed.extend(errno.to_le_bytes());
            }
            Outcome::Unasked(why) => {
                packed.extend(head(3));
                packed.extend_from_slice(why.as_bytes());
            }
        }
        packed
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
            0 => Outcome::Message(rest.to_vec()),
            1 => Outcome::Closed(errno()?),
            2 => Outcome::Errno(errno()?),
            3 => Outcome::Unasked(String::from_utf8_lossy(rest).into_owned()),
            _ => return Err(NoAnswer),
        };
        Ok(Answer { door, outcome })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_reads_back() {
        for outcome in [
            Outcome::Message(vec![1, 2, 3]),
            Outcome::Message(vec![]),
            Outcome::Closed(13),
            Outcome::Errno(-1),
            Outcome::Unasked("no such file".into()),
        ] {
            for door in [Door::Gencmd, Door::Vcio] {
                let answer = Answer { door, outcome: outcome.clone() };
                assert_eq!(Answer::unpacked(&answer.packed()), Ok(answer));
            }
        }
        for bytes in [&[][..], &[0], &[2, 0], &[0, 4], &[0, 1, 1]] {
            assert_eq!(Answer::unpacked(bytes), Err(NoAnswer), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Answer::unpacked(&bytes);
        }
    }
}
