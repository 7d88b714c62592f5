//! The end that answers.

use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::AsFd as _;
use std::path::Path;

use super::frame::{self, Kind, QUESTION_HEAD, QUESTION_LIMIT};
use super::lock::Lock;
use crate::bounded;
use crate::failure::{Failure, FailureKind};

/// More descriptors than any of our programs opens.
const DESCRIPTORS: usize = 4096;

/// The life of the child: answers questions from standard input on standard output until the parent is gone. `answer` gets
/// the question and the last answer, whose memory it may use again.
///
/// First it closes every descriptor it was given beside the standard three (a listening socket held by a stuck child
/// would keep the port busy). With `lock`, it takes that file's lock before the first question and keeps it; while
/// another process holds it, every question is answered `blocked` with that process's id.
///
/// # Errors
/// A broken pipe, a question larger than 60 KiB, a lock file that cannot be opened, no `/proc`.
pub fn serve(lock: Option<&Path>, answer: impl FnMut(&[u8], Vec<u8>) -> Vec<u8>) -> Result<(), Failure> {
    close_inherited()?;
    // Else `ps` shows "exe". Only for people.
    let _ = std::fs::write("/proc/self/comm", "gjallar-child");
    let lock = lock.map(|path| Lock::open(path).map_err(|error| Failure::io("open", path, error))).transpose()?;
    let broken = |error| Failure::new(FailureKind::Lost, "serve", "the parent").because(error);
    // Not through `Stdout`, which looks for ends of lines in what is no text.
    let mut answers = io::stdout().as_fd().try_clone_to_owned().map(File::from).map_err(broken)?;
    dialogue(&mut io::stdin().lock(), &mut answers, lock, answer).map_err(broken)
}

/// Questions and answers in turn, until the questions end.
fn dialogue(
    questions: &mut impl Read,
    answers: &mut impl Write,
    mut lock: Option<Lock>,
    mut answer: impl FnMut(&[u8], Vec<u8>) -> Vec<u8>,
) -> io::Result<()> {
    let (mut question, mut bytes) = (Vec::new(), Vec::new());
    while let Some(most) = next(questions, &mut question)? {
        if let Some(Err(holder)) = lock.as_mut().map(Lock::take) {
            send(answers, Kind::Held, &holder.to_le_bytes())?;
            continue;
        }
        bytes = answer(&question, bytes);
        if bytes.len() > most {
            send(answers, Kind::Oversized, &(bytes.len() as u64).to_le_bytes())?;
        } else {
            send(answers, Kind::Answer, &bytes)?;
        }
    }
    Ok(())
}

/// Takes in the next question, and gives the largest answer to it; nothing once the parent is gone.
fn next(questions: &mut impl Read, question: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut head = [0; QUESTION_HEAD];
    match questions.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let (length, most) = frame::question_head(head);
    if length > QUESTION_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a question of {length} bytes")));
    }
    question.resize(length, 0);
    questions.read_exact(question)?;
    Ok(Some(most))
}

/// Head and bytes at once: the parent wakes up for every write.
fn send(answers: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let head = frame::answer_head(bytes.len(), kind);
    let mut parts: &mut [IoSlice<'_>] = &mut [IoSlice::new(&head), IoSlice::new(bytes)];
    while !parts.is_empty() {
        match answers.write_vectored(parts) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut parts, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Closes everything but the standard three.
fn close_inherited() -> Result<(), Failure> {
    let numbers = bounded::list(Path::new("/proc/self/fd"), DESCRIPTORS)?;
    for descriptor in numbers.iter().filter_map(|number| number.parse::<i32>().ok()).filter(|number| *number > 2) {
        // The folder's own descriptor is in the list and already closed.
        let _ = nix::unistd::close(descriptor);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_one_answer_until_the_end() {
        let mut questions = frame::question(b"abc", 3);
        questions.extend(frame::question(b"abcd", 3));
        let mut answers = Vec::new();
        dialogue(&mut questions.as_slice(), &mut answers, None, |question, _| question.to_ascii_uppercase()).unwrap();
        assert_eq!(answers, b"\x03\0\0\0\0ABC\x08\0\0\0\x02\x04\0\0\0\0\0\0\0");
    }

    #[test]
    fn half_a_question_and_a_huge_one_end_it() {
        let whole = frame::question(b"abc", 3);
        let mut answers = Vec::new();
        let unreached = |_: &[u8], _| -> Vec<u8> { panic!("nothing whole was asked") };
        assert!(dialogue(&mut &whole[..whole.len() - 1], &mut answers, None, unreached).is_err());
        let huge = [0xff; QUESTION_HEAD];
        assert!(dialogue(&mut huge.as_slice(), &mut answers, None, unreached).is_err());
        assert_eq!(answers, b"");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered_or_refused(bytes: Vec<u8>) {
            let mut answers = Vec::new();
            let _ = dialogue(&mut bytes.as_slice(), &mut answers, None, |question, _| question.to_vec());
        }
    }
}
