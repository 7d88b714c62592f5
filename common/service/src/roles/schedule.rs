//! When the background polls are asked, and what is told of their rounds.
//!
//! Each poll has a thread of its own that keeps its own time: a look once a second wakes nothing but itself. That a round
//! takes too long is seen by whoever looks at the rows (see [`Health::tell_overdue`]), because nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};
use crate::health::{Health, SourceHandle};
use crate::role::{Nudge, Poll};
use crate::worker::STACK_BYTES;

/// A running poll. Dropped, its thread ends: a stuck one when the kernel lets it go.
pub(super) struct Scheduled {
    begun: Timestamp,
    deadline: Duration,
    settled: watch::Receiver<bool>,
    ended: Arc<AtomicBool>,
    nudge: Nudge,
}

impl Scheduled {
    /// Starts the poll's thread, which begins its first round at once.
    ///
    /// # Errors
    /// `refused`: the system gives no thread.
    pub(super) fn start(role: &'static str, poll: Poll, health: &Health) -> Result<Scheduled, Failure> {
        let (settle, settled) = watch::channel(false);
        let ended = Arc::new(AtomicBool::new(false));
        let scheduled = Scheduled {
            begun: Timestamp::now(),
            deadline: poll.deadline,
            settled,
            ended: Arc::clone(&ended),
            nudge: poll.nudge.clone(),
        };
        let source = health.source(role, poll.source, "", Some(poll.pace.get()));
        let thread = thread::Builder::new().name(poll.source.to_owned()).stack_size(STACK_BYTES);
        let told = Told { source, deadline: poll.deadline, settle };
        thread
            .spawn(move || run(poll, &told, &ended))
            .map_err(|error| Failure::new(FailureKind::Refused, "start", "a poll's thread").because(error))?;
        Ok(scheduled)
    }

    /// Whether the first round has had an outcome, or its deadline has passed: a stuck source holds nobody up.
    pub(super) fn is_settled(&self) -> bool {
        *self.settled.borrow() || self.left().is_zero()
    }

    /// Waits until that is so.
    pub(super) async fn settled(&self) {
        let mut settled = self.settled.clone();
        let _ = tokio::time::timeout(self.left(), settled.wait_for(|settled| *settled)).await;
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.begun.elapsed())
    }
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.nudge.give();
    }
}

/// The life of the thread.
fn run(mut poll: Poll, told: &Told, ended: &AtomicBool) {
    while !ended.load(Ordering::Acquire) {
        let started = Timestamp::now();
        told.source.began(started, poll.deadline);
        let outcome = (poll.run)(started);
        told.outcome(&outcome, started);
        told.source.read_every(poll.pace.get());
        told.settle();
        poll.nudge.wait(poll.pace.get().saturating_sub(started.elapsed()));
    }
}

/// Where the outcomes of rounds go.
struct Told {
    source: SourceHandle,
    deadline: Duration,
    settle: watch::Sender<bool>,
}

impl Told {
    fn outcome(&self, outcome: &Result<(), Failure>, started: Timestamp) {
        let took = started.elapsed();
        match outcome {
            // What came too late is not what was asked for.
            _ if took > self.deadline => self.source.failed(FailureKind::Timeout, started, took),
            Ok(()) => self.source.succeeded(started, took),
            Err(failure) => self.source.failed_with(failure, started, took),
        }
    }

    fn settle(&self) {
        self.settle.send_if_modified(|settled| !std::mem::replace(settled, true));
    }
}

impl Drop for Told {
    /// The thread ends: in order, or by a bug, and then its source is lost.
    fn drop(&mut self) {
        if thread::panicking() {
            self.source.failed(FailureKind::Lost, Timestamp::now(), Duration::ZERO);
            self.settle();
        }
    }
}
