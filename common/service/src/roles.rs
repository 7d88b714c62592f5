//! Runs the roles of a program: a reader thread for each, a thread for each poll, and the page made of both.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot, encode};
use tokio::sync::watch;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind};
use crate::families;
use crate::health::{Health, RoleHandle, SourceHandle};
use crate::http::{Readiness, Scrape};
use crate::role::{Poll, Role};
use crate::worker::{Missed, Worker};

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
        Ok(Roles { shared: Arc::new(Shared { health: health.clone(), readers, settled }) })
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

    /// The whole page; each role's fresh read has `budget` to answer.
    pub async fn page(&self, budget: Duration) -> String {
        let now = Timestamp::now();
        let mut reads: Vec<Pin<Box<dyn Future<Output = Vec<Arc<Snapshot>>> + Send + '_>>> = Vec::new();
        for reader in &self.shared.readers {
            reads.push(Box::pin(reader.snapshots(now, budget)));
        }
        let mut out = String::new();
        let mut pages = Vec::new();
        for read in reads {
            pages.push(read.await);
        }
        for (reader, page) in self.shared.readers.iter().zip(&pages) {
            write_page(reader.role.table(), page, &mut out);
        }
        encode(families::TABLE, &[&self.shared.health.snapshot(Timestamp::now())], &mut out);
        out
    }
}

fn write_page(table: &[&Definition], snapshots: &[Arc<Snapshot>], out: &mut String) {
    let snapshots: Vec<&Snapshot> = snapshots.iter().map(AsRef::as_ref).collect();
    encode(table, &snapshots, out);
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

    async fn snapshots(&self, now: Timestamp, budget: Duration) -> Vec<Arc<Snapshot>> {
        let mut snapshots = Vec::new();
        match self.worker.round(budget).await {
            Ok(round) => {
                self.source.succeeded(round.started, round.took);
                snapshots.push(Arc::new(round.value.clone()));
            }
            Err(Missed::Late(since)) => self.source.blocked_since(since),
            Err(Missed::Gone) => self.source.failed(FailureKind::Lost, now, Duration::ZERO),
        }
        snapshots.extend(self.role.kept(now));
        self.row.dropped(snapshots.iter().map(|snapshot| snapshot.dropped()).sum());
        snapshots
    }
}

/// Starts the thread of a poll and the task that asks it on time.
fn start_poll(role: &'static str, poll: Poll, health: &Health) -> Result<watch::Receiver<bool>, Failure> {
    let Poll { source, interval, deadline, mut run } = poll;
    let handle = health.source(role, source, "", Some(interval));
    let worker = Worker::start(source, move |now| run(now))
        .map_err(|error| Failure::new(FailureKind::Refused, "start", "a poll's thread").because(error))?;
    let (settle, settled) = watch::channel(false);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            round(&worker, &handle, deadline).await;
            settle.send_replace(true);
            worker.idle().await;
        }
    });
    Ok(settled)
}

async fn round(worker: &Worker<Result<(), Failure>>, handle: &SourceHandle, deadline: Duration) {
    match worker.round(deadline).await {
        Ok(round) => match &round.value {
            Ok(()) => handle.succeeded(round.started, round.took),
            Err(failure) => handle.failed(failure.kind, round.started, round.took),
        },
        Err(Missed::Late(since)) => handle.blocked_since(since),
        Err(Missed::Gone) => handle.failed(FailureKind::Lost, Timestamp::now(), Duration::ZERO),
    }
}
