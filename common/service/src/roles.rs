//! Runs the roles of a program: a reader thread for each, a thread for each poll, and the page made of both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gjallarhorn_metrics::{Snapshot, encode};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};
use crate::families;
use crate::health::{Health, RoleHandle, SourceHandle};
use crate::http::{Readiness, Scrape};
use crate::role::{Poll, Role};
use crate::worker::{Missed, Round, Ticket, Worker};

/// The running roles of a program.
#[derive(Clone)]
pub struct Roles {
    shared: Arc<Shared>,
}

struct Shared {
    health: Health,
    readers: Vec<Reader>,
    /// One per poll: whether its first round has had an outcome.
    settled: Vec<watch::Receiver<bool>>,
    /// Bytes of the last page, the best guess for the next.
    last_length: AtomicUsize,
}

struct Reader {
    role: Arc<dyn Role>,
    worker: Worker<Snapshot>,
    source: SourceHandle,
    row: RoleHandle,
}

impl Roles {
    /// Starts every thread and begins the first round of every poll. Call it inside the runtime.
    ///
    /// # Errors
    /// `refused`: the system gives no thread.
    pub fn start(roles: Vec<Arc<dyn Role>>, health: &Health) -> Result<Roles, Failure> {
        let mut readers = Vec::new();
        let mut settled = Vec::new();
        for role in roles {
            for poll in Arc::clone(&role).sources() {
                settled.push(start_poll(role.name(), poll, health)?);
            }
            readers.push(Reader::start(role, health)?);
        }
        Ok(Roles {
            shared: Arc::new(Shared { health: health.clone(), readers, settled, last_length: AtomicUsize::new(0) }),
        })
    }

    /// The page, for [`crate::http::Site::metrics`].
    #[must_use]
    pub fn scrape(&self) -> Scrape {
        let roles = self.clone();
        Arc::new(move |budget| {
            let roles = roles.clone();
            Box::pin(async move { roles.page(budget).await })
        })
    }

    /// Ready once every poll has had its first outcome, good or bad.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let roles = self.clone();
        Arc::new(move || {
            let waiting = roles.shared.settled.iter().filter(|first| !*first.borrow()).count();
            if waiting == 0 { Ok(()) } else { Err(format!("{waiting} polls have not had their first outcome yet")) }
        })
    }

    /// Waits until every poll has had its first outcome: data, a failure, or its deadline passed.
    pub async fn settled(&self) {
        for first in &self.shared.settled {
            let _ = first.clone().wait_for(|settled| *settled).await;
        }
    }

    /// The whole page; the fresh reads of all roles run side by side and have `budget` to answer.
    pub async fn page(&self, budget: Duration) -> String {
        let readers = &self.shared.readers;
        let begun: Vec<_> = readers.iter().map(|reader| (reader, reader.worker.begin())).collect();
        let mut out = String::with_capacity(self.shared.last_length.load(Ordering::Relaxed));
        for (reader, ticket) in begun {
            reader.write(ticket, budget, &mut out).await;
        }
        encode(families::TABLE, &[&self.shared.health.snapshot(Timestamp::now())], &mut out);
        self.shared.last_length.store(out.len(), Ordering::Relaxed);
        out
    }
}

impl Reader {
    fn start(role: Arc<dyn Role>, health: &Health) -> Result<Reader, Failure> {
        let source = health.source(role.name(), role.fresh_source(), "", None);
        let row = health.role(role.name());
        let reading = Arc::clone(&role);
        let worker = Worker::start(role.name(), move |now| reading.fresh(now))
            .map_err(|error| Failure::new(FailureKind::Refused, "start", "a reader thread").because(error))?;
        Ok(Reader { role, worker, source, row })
    }

    /// Appends the role's families: what was read just now, if it came in time, and what is kept.
    async fn write(&self, ticket: Result<Ticket, Missed>, budget: Duration, out: &mut String) {
        let fresh = match ticket {
            Ok(ticket) => self.worker.landed_within(ticket, budget).await,
            Err(missed) => Err(missed),
        };
        let now = Timestamp::now();
        match &fresh {
            Ok(round) => self.source.succeeded(round.started, round.took),
            Err(Missed::Late(since)) => self.source.blocked_since(*since),
            Err(Missed::Gone) => self.source.failed(FailureKind::Lost, now, Duration::ZERO),
        }
        let kept = self.role.kept(now);
        let fresh = fresh.as_ref().ok().map(|round| &round.value);
        let snapshots: Vec<&Snapshot> = fresh.into_iter().chain(kept.iter().map(AsRef::as_ref)).collect();
        self.row.dropped(snapshots.iter().map(|snapshot| snapshot.dropped()).sum());
        encode(self.role.table(), &snapshots, out);
    }
}

/// Starts the thread of a poll and the task that asks it on time.
fn start_poll(role: &'static str, poll: Poll, health: &Health) -> Result<watch::Receiver<bool>, Failure> {
    let source = health.source(role, poll.source, "", Some(poll.interval));
    let worker = Worker::start(poll.source, poll.run)
        .map_err(|error| Failure::new(FailureKind::Refused, "start", "a poll's thread").because(error))?;
    let schedule = Schedule { worker, source, interval: poll.interval, deadline: poll.deadline };
    let (settle, settled) = watch::channel(false);
    tokio::spawn(schedule.run(settle));
    Ok(settled)
}

/// When a poll is asked, and what is told of it.
struct Schedule {
    worker: Worker<Result<(), Failure>>,
    source: SourceHandle,
    interval: Duration,
    deadline: Duration,
}

impl Schedule {
    async fn run(self, settle: watch::Sender<bool>) {
        let mut tick = tokio::time::interval(self.interval);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if self.round(&settle).await.is_err() {
                self.source.failed(FailureKind::Lost, Timestamp::now(), Duration::ZERO);
                settle.send_replace(true);
                return;
            }
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

#[cfg(test)]
mod tests;
