//! The parent's two pipe ends: never waits longer than it is told.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd;
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::frame::{self, ANSWER_HEAD, Kind};
use crate::clock::Timestamp;

/// Room for what most answers are: what the firmware says in a round, with its head.
const FIRST_BYTES: usize = 2048;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Pipe {
    questions: ChildStdin,
    answers: ChildStdout,
    /// Where what arrives first is read to.
    room: Box<[u8]>,
    /// What has arrived of the next answer's head.
    head: Vec<u8>,
    /// What has arrived of its bytes.
    bytes: Vec<u8>,
    /// The largest answer that fits.
    most: usize,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

impl Pipe {
    pub(super) fn new(questions: ChildStdin, answers: ChildStdout, most: usize) -> io::Result<Pipe> {
        fcntl(&questions, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        fcntl(&answers, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let room = vec![0; FIRST_BYTES].into_boxed_slice();
        Ok(Pipe { questions, answers, room, head: Vec::new(), bytes: Vec::new(), most })
    }

    /// Writes a question. It fits an empty pipe, and the pipe is empty while no question is out: no wait.
    pub(super) fn ask(&mut self, question: &[u8]) -> io::Result<()> {
        self.questions.write_all(&frame::question(question, self.most))
    }

    /// The answer, if it comes within `patience` from `begun` on, which is now.
    ///
    /// # Errors
    /// The pipe is closed, or what came is no answer: the child is of no more use.
    pub(super) fn answer(&mut self, begun: Timestamp, patience: Duration) -> io::Result<Option<Answer>> {
        let mut left = patience;
        while readable(&self.answers, left)? {
            match self.next() {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            left = patience.saturating_sub(begun.elapsed());
        }
        Ok(None)
    }

    /// The next answer; `WouldBlock` until it is whole. There is never more than one: one question, one answer.
    fn next(&mut self) -> io::Result<Answer> {
        let foreign = || io::Error::new(io::ErrorKind::InvalidData, "what it sent is no answer");
        if self.head.is_empty() {
            self.first()?;
        }
        fill(&mut self.answers, &mut self.head, ANSWER_HEAD)?;
        let head = self.head.first_chunk().and_then(|head| frame::parse_answer_head(*head));
        let (length, kind) = head.filter(|(length, _)| *length <= self.most).ok_or_else(foreign)?;
        fill(&mut self.answers, &mut self.bytes, length)?;
        if self.bytes.len() > length {
            return Err(foreign());
        }
        self.head.clear();
        Ok(Answer { kind, bytes: std::mem::take(&mut self.bytes) })
    }

    /// Takes in what has arrived, head and bytes at once: for most answers that is all.
    fn first(&mut self) -> io::Result<()> {
        let length = self.answers.read(&mut self.room)?;
        let (head, bytes) = self.room[..length].split_at(length.min(ANSWER_HEAD));
        self.head.extend_from_slice(head);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// Reads until `bytes` are so many; what has arrived stays in it however this ends.
fn fill(pipe: &mut ChildStdout, bytes: &mut Vec<u8>, length: usize) -> io::Result<()> {
    let missing = length.saturating_sub(bytes.len());
    bytes.reserve_exact(missing);
    pipe.take(missing as u64).read_to_end(bytes)?;
    if bytes.len() < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Whether `pipe` has something to read within `patience`.
fn readable(pipe: impl AsFd, patience: Duration) -> io::Result<bool> {
    // Rounded up: a rest below a millisecond would else spin.
    let rounding = Duration::from_millis(u64::from(!patience.is_zero()));
    let patience = PollTimeout::try_from(patience + rounding).unwrap_or(PollTimeout::MAX);
    match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], patience) {
        Ok(ready) => Ok(ready > 0),
        Err(nix::errno::Errno::EINTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
