//! The parent's two pipe ends: never waits longer than it is told.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd;
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::frame::{self, ANSWER_HEAD, Kind};
use crate::clock::Timestamp;

/// Bytes taken from the pipe at once.
const CHUNK: usize = 64 * 1024;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Pipe {
    questions: ChildStdin,
    answers: ChildStdout,
    /// What has arrived of the next answer.
    inbox: Vec<u8>,
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
        Ok(Pipe { questions, answers, inbox: Vec::new(), most })
    }

    /// Writes a question. It fits an empty pipe, and the pipe is empty while no question is out: no wait.
    pub(super) fn ask(&mut self, question: &[u8]) -> io::Result<()> {
        self.questions.write_all(&frame::question(question, self.most))
    }

    /// The answer, if it comes within `patience`.
    ///
    /// # Errors
    /// The pipe is closed, or what came is no answer: the child is of no more use.
    pub(super) fn answer(&mut self, patience: Duration) -> io::Result<Option<Answer>> {
        let begun = Timestamp::now();
        loop {
            let closed = self.fill()?;
            if let Some(answer) = self.whole()? {
                return Ok(Some(answer));
            }
            if closed {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() || !readable(&self.answers, left)? {
                return Ok(None);
            }
        }
    }

    /// Takes what is there; whether the other end is closed.
    fn fill(&mut self) -> io::Result<bool> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match self.answers.read(&mut chunk) {
                Ok(0) => return Ok(true),
                Ok(read) => self.inbox.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if self.inbox.len() > ANSWER_HEAD + self.most {
                return Ok(false);
            }
        }
    }

    /// The answer in the inbox, if it is whole. There is never more than one: one question, one answer.
    fn whole(&mut self) -> io::Result<Option<Answer>> {
        let Some(head) = self.inbox.first_chunk::<ANSWER_HEAD>() else { return Ok(None) };
        let foreign = || io::Error::new(io::ErrorKind::InvalidData, "what it sent is no answer");
        let (length, kind) = frame::parse_answer_head(*head).ok_or_else(foreign)?;
        let end = ANSWER_HEAD + length;
        if length > self.most || self.inbox.len() > end {
            return Err(foreign());
        }
        if self.inbox.len() < end {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.inbox).split_off(ANSWER_HEAD);
        Ok(Some(Answer { kind, bytes }))
    }
}

/// Whether `pipe` has something to read within `patience`.
fn readable(pipe: impl AsFd, patience: Duration) -> io::Result<bool> {
    // Rounded up: a rest below a millisecond would else spin.
    let patience = PollTimeout::try_from(patience + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX);
    match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], patience) {
        Ok(ready) => Ok(ready > 0),
        Err(nix::errno::Errno::EINTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
