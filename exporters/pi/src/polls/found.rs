//! What a poll has found below the kernel's folders: which thing is which, what of it does not move, and an open file for
//! every number that does.
//!
//! It holds as long as everything can be read, for a minute at most. Numbers in `hwmon3` are given anew when a driver comes
//! again, and a reading must never go by the name of another: what is gone, or says anything but a value, has everything
//! looked for again in the same round. So what is wrong is told as it is now, and never as it was found.

use std::path::Path;
use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::Sum;
use crate::parse::Refusal;
use crate::source::held::Held;
use crate::source::machine::optional;

/// For how long what was found is taken for what is there: a driver that comes later is noticed within it.
const HOLDS: Duration = Duration::from_secs(60);
/// More files than a board has numbers; what is beyond is told and not read.
const HELD: usize = 64;

/// What was found, as long as it holds.
#[derive(Debug)]
pub(crate) struct Found<T>(Option<(Timestamp, T)>);

impl<T> Found<T> {
    /// Nothing was looked for yet.
    pub(crate) fn nothing() -> Found<T> {
        Found(None)
    }

    /// A round: what `read` makes of the things that `look` has found, now or lately, and what the round comes to. `read` is
    /// called once more if anything of what was found lately cannot be read.
    pub(crate) fn round<R>(
        &mut self,
        now: Timestamp,
        look: impl FnOnce(&mut Look) -> T,
        mut read: impl FnMut(&T, &mut Sum) -> R,
    ) -> (R, Sum) {
        // What was held is closed before anything else is opened.
        if let Some((looked, things)) = self.0.take().filter(|(looked, _)| now.since(*looked) < HOLDS) {
            let mut sum = Sum::default();
            let said = read(&things, &mut sum);
            if sum.is_whole() {
                self.0 = Some((looked, things));
                return (said, sum);
            }
        }
        let mut looked = Look::default();
        let things = look(&mut looked);
        let mut sum = looked.sum;
        let said = read(&things, &mut sum);
        self.0 = sum.is_whole().then_some((now, things));
        (said, sum)
    }
}

/// A look for things: what it comes to so far, and how many files it has opened.
#[derive(Debug, Default)]
pub(crate) struct Look {
    sum: Sum,
    held: usize,
}

impl Look {
    /// What a folder, or a file whose content does not move, has given.
    pub(crate) fn take<T>(&mut self, reading: Result<T, Failure>) -> Option<T> {
        self.sum.take(reading)
    }

    /// What a file says that does not move and need not be there.
    pub(crate) fn optional<T>(&mut self, path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, Refusal>) -> Option<T> {
        self.sum.take_optional(optional(path, parse))
    }

    /// A file whose number moves. That it can be opened is no reading yet.
    pub(crate) fn hold(&mut self, path: &Path) -> Option<Held> {
        let held = self.open(path);
        held.map_err(|failure| self.sum.take::<()>(Err(failure))).ok()
    }

    /// The same of a file that need not be there.
    pub(crate) fn hold_optional(&mut self, path: &Path) -> Option<Held> {
        match self.open(path) {
            Err(failure) if failure.kind == FailureKind::Absent => None,
            Err(failure) => self.sum.take(Err(failure)),
            Ok(held) => Some(held),
        }
    }

    fn open(&mut self, path: &Path) -> Result<Held, Failure> {
        if self.held == HELD {
            let many = format!("more than {HELD} files");
            return Err(Failure::new(FailureKind::Oversized, "hold", path.display().to_string()).because(many));
        }
        let held = Held::open(path)?;
        self.held += 1;
        Ok(held)
    }
}
