//! When the background polls are asked, and what is told of their rounds.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};
use crate::health::{Health, SourceHandle};
use crate::role::{Nudge, Pace, Poll};
use crate::worker::{Missed, Round, Worker};

/// A poll's task, and whether its first round has had an outcome. Dropped, it asks no more.
pub(super) struct Scheduled {
    task: AbortHandle,
    pub(super) settled: watch::Receiver<bool>,
}

impl Scheduled {
    /// Starts the thread of a poll and the task that asks it on time.
    ///
    /// # Errors
    /// `refused`: the system gives no thread.
    pub(super) fn start(
        role: &'static str,
        poll: Poll,
        health: &Health,
        runtime: &Handle,
    ) -> Result<Scheduled, Failure> {
        let source = health.source(role, poll.source, "", Some(poll.pace.get()));
        let worker = Worker::start(poll.source, poll.run)
            .map_err(|error| Failure::new(FailureKind::Refused, "start", "a poll's thread").because(error))?;
        let schedule = Schedule { worker, source, pace: poll.pace, deadline: poll.deadline, nudge: poll.nudge };
        let (settle, settled) = watch::channel(false);
        let task = runtime.spawn(schedule.run(settle)).abort_handle();
        Ok(Scheduled { task, settled })
    }
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// When a poll is asked, and what is told of it.
struct Schedule {
    worker: Worker<Result<(), Failure>>,
    source: SourceHandle,
    pace: Pace,
    deadline: Duration,
    nudge: Nudge,
}

impl Schedule {
    async fn run(self, settle: watch::Sender<bool>) {
        let mut next = Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = self.nudge.given() => {}
            }
            let begun = Instant::now();
            if self.round(&settle).await.is_err() {
                self.source.failed(FailureKind::Lost, Timestamp::now(), Duration::ZERO);
                settle.send_replace(true);
                return;
            }
            next = begun + self.pace.get();
        }
    }

    /// One round. It ends only when the thread is free again: a stuck round is never doubled.
    async fn round(&self, settle: &watch::Sender<bool>) -> Result<(), Missed> {
        let ticket = self.worker.begin()?;
        match self.worker.landed_within(ticket, self.deadline).await {
            Ok(round) => self.tell(&round),
            Err(Missed::Gone) => return Err(Missed::Gone),
            Err(Missed::Late(since)) => {
                self.source.blocked_since(since);
                settle.send_replace(true);
                let round = self.worker.landed(ticket).await?;
                self.source.failed(FailureKind::Timeout, round.started, round.took);
            }
        }
        self.source.read_every(self.pace.get());
        settle.send_replace(true);
        Ok(())
    }

    fn tell(&self, round: &Round<Result<(), Failure>>) {
        match &round.value {
            Ok(()) => self.source.succeeded(round.started, round.took),
            Err(failure) => self.source.failed_with(failure, round.started, round.took),
        }
    }
}
