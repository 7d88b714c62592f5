//! What travels to the child and back: some questions, and the answers to as many of them as it had time for.
//!
//! A question is a byte, its place in the list ([`Question::packed`]). An answer is its length (u32, little endian) and
//! its bytes ([`Answer::pack`]). The answers come in the order of the questions. There may be fewer of them, but at least
//! one: a firmware that takes its time is asked for the rest in another exchange, and others come in between.

use std::time::Duration;

use super::answer::{Answer, NoAnswer};
use super::message::LARGEST;
use super::question::{ALL, Question};

/// Once answering has taken so long, no further question of the same exchange is put. A firmware that is well answers all
/// there are in less; and it is far less than the time between two looks of the sampler, who waits for its turn.
pub const AT_ONCE: Duration = Duration::from_millis(50);

/// The most bytes of an exchange's questions: each once.
pub const QUESTIONS: usize = ALL.len();

/// The most bytes of its answers: as many of the largest messages, and their heads.
pub const ANSWERS: usize = ALL.len() * (LARGEST + 64);

/// Questions as they travel; nothing if one of them is none of the list.
#[must_use]
pub fn questions(questions: &[Question]) -> Option<Vec<u8>> {
    questions.iter().map(|question| question.packed()).collect()
}

/// Appends an answer to those before it.
pub fn push(answer: &Answer, packed: &mut Vec<u8>) {
    let head = packed.len();
    packed.extend([0; 4]);
    answer.pack(packed);
    let length = u32::try_from(packed.len() - head - 4).unwrap_or(u32::MAX);
    packed[head..head + 4].copy_from_slice(&length.to_le_bytes());
}

/// Reads the answers to so many questions back.
///
/// # Errors
/// The bytes are no answers, or more than were asked for, or none.
pub fn answers(mut packed: &[u8], most: usize) -> Result<Vec<Answer>, NoAnswer> {
    let mut answers = Vec::with_capacity(most);
    while let Some((length, rest)) = packed.split_first_chunk() {
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| NoAnswer)?;
        let (answer, rest) = rest.split_at_checked(length).ok_or(NoAnswer)?;
        answers.push(Answer::unpacked(answer)?);
        packed = rest;
    }
    let is_whole = packed.is_empty() && (1..=most).contains(&answers.len());
    if is_whole { Ok(answers) } else { Err(NoAnswer) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::answer::{Door, Outcome};

    fn packed(answers: &[Answer]) -> Vec<u8> {
        let mut packed = Vec::new();
        answers.iter().for_each(|answer| push(answer, &mut packed));
        packed
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..LARGEST).prop_map(Outcome::Message),
            any::<i32>().prop_map(Outcome::Closed),
            any::<i32>().prop_map(Outcome::Errno),
            "[ -~]{0,60}".prop_map(Outcome::Unasked),
        ]
    }

    #[test]
    fn questions_travel_as_their_places() {
        assert_eq!(questions(&[ALL[3], ALL[0]]), Some(vec![3, 0]));
        assert_eq!(questions(&ALL).unwrap().len(), QUESTIONS);
    }

    #[test]
    fn none_and_more_than_were_asked_for_are_no_answers() {
        let one = Answer { door: Door::Vcio, outcome: Outcome::Errno(22) };
        let two = packed(&[one.clone(), one.clone()]);
        assert_eq!(answers(&two, 2), Ok(vec![one.clone(), one.clone()]));
        assert_eq!(answers(&two, 3), Ok(vec![one.clone(), one]), "the third is asked for again");
        for (bytes, most) in [(&two[..], 1), (&[], 3), (&two[..3], 2), (&two[..two.len() - 1], 2), (&[0; 4], 1)] {
            assert_eq!(answers(bytes, most), Err(NoAnswer), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, most in 0..QUESTIONS) {
            let _ = answers(&bytes, most);
        }

        /// Bytes whose heads fit, which get further than noise does.
        #[test]
        fn any_bytes_with_good_heads_are_read_or_refused(parts in proptest::collection::vec(any::<Vec<u8>>(), 0..5)) {
            let framed = |part: &Vec<u8>| [&u32::try_from(part.len()).unwrap().to_le_bytes()[..], part].concat();
            let bytes: Vec<u8> = parts.iter().flat_map(framed).collect();
            let _ = answers(&bytes, parts.len());
        }

        #[test]
        fn all_answers_come_back(outcomes in proptest::collection::vec((any::<bool>(), outcome()), 1..6)) {
            let door = |is_wide| if is_wide { Door::Vcio } else { Door::Gencmd };
            let all: Vec<Answer> =
                outcomes.into_iter().map(|(is_wide, outcome)| Answer { door: door(is_wide), outcome }).collect();
            prop_assert!(packed(&all).len() <= ANSWERS);
            prop_assert_eq!(answers(&packed(&all), all.len()), Ok(all));
        }
    }
}
