//! The end that asks.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::frame::{Kind, QUESTION_LIMIT};
use super::pipe::{Answer, Pipe};
use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};

/// How large a question and an answer may be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest question; at most 60 KiB, so that it fits a pipe.
    pub question: usize,
    /// The largest answer.
    pub answer: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { question: 16 * 1024, answer: 64 * 1024 * 1024 }
    }
}

/// What the child is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildState {
    /// It waits for a question.
    Ready,
    /// It has been working on a question since this moment.
    Busy(Timestamp),
    /// It is gone, and why.
    Lost(String),
}

/// A child process and the pipes to it. Dropping it closes the pipes, which ends the child once it listens again.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    pipe: Pipe,
    bounds: Bounds,
    state: ChildState,
}

impl Child {
    /// Starts this very program (`/proc/self/exe`) with `arguments`, an empty environment, and pipes on standard input
    /// and output; standard error is shared. Its `main` must end in [`super::serve`]. It has a process group of its own,
    /// so that Ctrl-C reaches the parent alone, which ends it in order.
    ///
    /// # Errors
    /// The system gives no process or no pipe.
    pub fn start(arguments: &[&str], bounds: Bounds) -> Result<Child, Failure> {
        let failed = |error: io::Error| Failure::new(FailureKind::of_io(&error), "start", "a child").because(error);
        let mut command = Command::new("/proc/self/exe");
        command.args(arguments).env_clear().process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(failed)?;
        let (Some(questions), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Failure::new(FailureKind::Lost, "start", "a child without pipes"));
        };
        let pipe = Pipe::new(questions, answers, bounds.answer).map_err(failed)?;
        Ok(Child { process, pipe, bounds, state: ChildState::Ready })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks and waits at most `deadline` for the answer.
    ///
    /// # Errors
    /// `timeout`: no answer within the deadline (it may still come; then it is thrown away). `blocked`: an earlier
    /// question is still out, or an older child holds the lock (its process id is in the text). `lost`: the child is
    /// gone. `oversized`: the question or the answer is larger than the bounds.
    pub fn ask(&mut self, question: &[u8], deadline: Duration) -> Result<Vec<u8>, Failure> {
        if question.len() > self.bounds.question.min(QUESTION_LIMIT) {
            return Err(failed(FailureKind::Oversized).because(format!("a question of {} bytes", question.len())));
        }
        match self.settle() {
            ChildState::Ready => {}
            ChildState::Busy(_) => return Err(failed(FailureKind::Blocked).because("an earlier question is still out")),
            ChildState::Lost(why) => return Err(failed(FailureKind::Lost).because(why.clone())),
        }
        let begun = Timestamp::now();
        self.state = ChildState::Busy(begun);
        match self.pipe.ask(question).and_then(|()| self.pipe.answer(begun, deadline)) {
            Ok(Some(answer)) => self.accept(answer),
            Ok(None) => Err(failed(FailureKind::Timeout).because(format!("no answer within {deadline:?}"))),
            Err(error) => Err(failed(FailureKind::Lost).because(self.lose(&error))),
        }
    }

    /// What it is doing. Takes in (and throws away) a late answer that has arrived; never waits.
    pub fn state(&mut self) -> ChildState {
        if self.settle() == &ChildState::Ready {
            self.notice_end();
        }
        self.state.clone()
    }

    /// Takes in a late answer. That a child which waits has ended is noticed by who asks it: its pipe is closed then.
    fn settle(&mut self) -> &ChildState {
        if let ChildState::Busy(since) = self.state {
            match self.pipe.answer(since, Duration::ZERO) {
                Ok(Some(_)) => self.state = ChildState::Ready,
                Ok(None) => {}
                Err(error) => drop(self.lose(&error)),
            }
        }
        &self.state
    }

    fn accept(&mut self, answer: Answer) -> Result<Vec<u8>, Failure> {
        self.state = ChildState::Ready;
        match answer.kind {
            Kind::Answer => Ok(answer.bytes),
            Kind::Held => Err(failed(FailureKind::Blocked).because(held_by(&answer.bytes))),
            Kind::Oversized => {
                let most = self.bounds.answer;
                Err(failed(FailureKind::Oversized).because(format!("an answer of more than {most} bytes")))
            }
        }
    }

    /// Notices a child that ended while nothing was asked.
    fn notice_end(&mut self) {
        if let Ok(Some(status)) = self.process.try_wait() {
            self.state = ChildState::Lost(format!("it ended: {status}"));
        }
    }

    /// The child is of no more use: says why, with its exit status if it has one already.
    fn lose(&mut self, error: &io::Error) -> String {
        let why = match self.process.try_wait() {
            Ok(Some(status)) => format!("it ended: {status}"),
            _ if error.kind() == io::ErrorKind::InvalidData => error.to_string(),
            _ => "it closed its pipe".to_owned(),
        };
        self.state = ChildState::Lost(why.clone());
        why
    }
}

fn held_by(id: &[u8]) -> String {
    match id.first_chunk().map(|id| u32::from_le_bytes(*id)) {
        Some(id) if id > 0 => format!("process {id} of an earlier start is still stuck in the same call"),
        _ => "a process of an earlier start is still stuck in the same call".to_owned(),
    }
}

fn failed(kind: FailureKind) -> Failure {
    Failure::new(kind, "ask", "the child")
}
