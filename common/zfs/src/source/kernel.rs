//! The kernel's full report on a pool, asked through a child.
//!
//! The child's life is [`serve`], in a process of its own; [`Kernel`] is the asking side. A question is a pool's name,
//! an answer is [`Answer`]: the child hands on the kernel's bytes and understands nothing of them.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gjallarhorn_service::child::{self, Bounds, Child, ChildState};
use gjallarhorn_service::failure::{Failure, FailureKind, chain};

use nix::errno::Errno;

use super::{device, recorded};
use crate::parse::reply::{Answer, Reply};

#[cfg(test)]
mod tests;

/// A question is a name of at most 255 bytes, an answer the largest list and its head.
const BOUNDS: Bounds = Bounds { question: 255, answer: 16 * 1024 * 1024 + 64 };

/// The asking side.
#[derive(Debug)]
pub struct Kernel {
    child: Child,
}

impl Kernel {
    /// Starts the child: this very program with `arguments`, which must lead it to [`serve`].
    ///
    /// # Errors
    /// As [`Child::start`].
    pub fn start(arguments: &[&str]) -> Result<Kernel, Failure> {
        Ok(Kernel { child: Child::start(arguments, BOUNDS)? })
    }

    /// Asks for the report on a pool. Blocks for at most `deadline`.
    ///
    /// # Errors
    /// As [`Child::ask`]; `absent` or `denied` if the device is not there or may not be opened. That the kernel said no
    /// is not an error here: it stands in the reply.
    pub fn pool_stats(&mut self, pool: &str, deadline: Duration) -> Result<Reply, Failure> {
        let bytes = self.child.ask(pool.as_bytes(), deadline)?;
        let answer = Answer::unpacked(bytes)
            .map_err(|error| Failure::new(FailureKind::Malformed, "ask for", pool).because(error))?;
        match answer {
            Answer::Kernel(reply) => Ok(reply),
            Answer::Unasked { kind, why } => {
                let kind = FailureKind::ALL.get(usize::from(kind)).copied().unwrap_or(FailureKind::Lost);
                Err(Failure::new(kind, "ask for", pool).because(why))
            }
        }
    }

    /// What the child is doing.
    pub fn state(&mut self) -> ChildState {
        self.child.state()
    }
}

/// What it means that the kernel gave an error number and no list.
#[must_use]
pub fn refusal(pool: &str, errno: i32) -> Failure {
    let error = Errno::from_raw(errno);
    let kind = match error {
        Errno::ENOENT | Errno::ENXIO => FailureKind::Absent,
        Errno::EACCES | Errno::EPERM => FailureKind::Denied,
        Errno::ENOMEM => FailureKind::Oversized,
        Errno::ENOTTY | Errno::EINVAL => FailureKind::Unsupported,
        _ => FailureKind::Refused,
    };
    Failure::new(kind, "ask for", pool).because(error)
}

/// The life of the child: answers until the program is gone. `lock` keeps a second child from asking while this one is
/// stuck in the kernel.
///
/// # Errors
/// As [`child::serve`].
pub fn serve(root: &Path, lock: Option<&Path>) -> Result<(), Failure> {
    let mut answerer = Answerer::new(root);
    child::serve(lock, |question, room| answerer.answer(question, room).packed())
}

/// Answers questions from the device below a root, opened when it is first needed and kept.
struct Answerer {
    path: PathBuf,
    device: Option<File>,
}

impl Answerer {
    fn new(root: &Path) -> Self {
        Answerer { path: root.join("dev/zfs"), device: None }
    }

    /// The answer, in the memory of `room` if it is a large one.
    fn answer(&mut self, question: &[u8], room: Vec<u8>) -> Answer {
        let reply = match std::str::from_utf8(question) {
            Ok(pool) => self.pool_stats(pool, room),
            Err(error) => Err(Failure::new(FailureKind::Malformed, "read", "the name of a pool").because(error)),
        };
        reply.map_or_else(unasked, Answer::Kernel)
    }

    fn pool_stats(&mut self, pool: &str, room: Vec<u8>) -> Result<Reply, Failure> {
        if self.path.is_dir() {
            return recorded::pool_stats(&self.path, pool);
        }
        let device = match self.device.take() {
            Some(device) => device,
            None => open(&self.path).map_err(|error| Failure::io("open", &self.path, error))?,
        };
        let reply = device::pool_stats(self.device.insert(device), pool, room);
        // A module that was unloaded and loaded again has another device behind the same path.
        if reply.errno != 0 {
            self.device = None;
        }
        Ok(reply)
    }
}

/// For reading only: the call needs no more, and a container can be given no more.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[expect(clippy::needless_pass_by_value, reason = "the error side of `map_or_else`")]
fn unasked(failure: Failure) -> Answer {
    let kind = u8::try_from(failure.kind as usize).unwrap_or(u8::MAX);
    Answer::Unasked { kind, why: chain(&failure) }
}
