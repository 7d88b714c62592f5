//! A thread that does one kind of blocking work, asked from the event loop with a deadline.
//!
//! Single flight: a worker never runs twice at the same time, and there is no queue. Whoever asks while a round is
//! running shares its result; whoever's deadline passes goes away, and the round goes on. A stuck thread is left alone:
//! it cannot be killed, and a second one would hang in the same place.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock::Timestamp;

/// Enough for parsing; a page of it costs memory only once it is touched.
pub const STACK_BYTES: usize = 256 * 1024;

/// A worker whose rounds give a `T`.
#[derive(Debug)]
pub struct Worker<T> {
    flight: Arc<Mutex<Flight>>,
    wake: SyncSender<()>,
    landed: watch::Receiver<Option<Arc<Round<T>>>>,
}

/// A finished round.
#[derive(Debug)]
pub struct Round<T> {
    /// What it gave.
    pub value: T,
    /// When it began.
    pub started: Timestamp,
    /// How long it took.
    pub took: Duration,
    number: u64,
}

impl<T> Round<T> {
    /// A round that began at `started` and has just given `value`, made by the asker itself.
    pub fn made(started: Timestamp, value: T) -> Round<T> {
        Round { value, started, took: started.elapsed(), number: 0 }
    }
}

/// Why there is no round to hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// The round begun at this moment has not come back within the asker's deadline.
    Late(Timestamp),
    /// The thread is gone.
    Gone,
}

/// A round that was begun.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// When it began.
    pub since: Timestamp,
    begun: Instant,
    number: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Flight {
    /// The number of the last round begun.
    last: u64,
    running: Option<Ticket>,
}

impl<T: Send + Sync + 'static> Worker<T> {
    /// Starts the thread `name` (at most 15 characters show in `ps`), which does `work` each time it is asked.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(name: &str, mut work: impl FnMut(Timestamp) -> T + Send + 'static) -> io::Result<Worker<T>> {
        let flight = Arc::new(Mutex::new(Flight::default()));
        let (wake, asked) = sync_channel(1);
        let (land, landed) = watch::channel(None);
        let shared = Arc::clone(&flight);
        thread::Builder::new()
            .name(name.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || fly(&asked, &shared, &land, &mut work))?;
        Ok(Worker { flight, wake, landed })
    }

    /// Joins the running round, or begins one if none is running. Never waits.
    ///
    /// # Errors
    /// [`Missed::Gone`].
    pub fn begin(&self) -> Result<Ticket, Missed> {
        let mut flight = lock(&self.flight);
        if let Some(ticket) = flight.running {
            return Ok(ticket);
        }
        let number = flight.last + 1;
        let ticket = Ticket { number, since: Timestamp::now(), begun: Instant::now() };
        self.wake.try_send(()).map_err(|_| Missed::Gone)?;
        *flight = Flight { last: number, running: Some(ticket) };
        Ok(ticket)
    }

    /// The result of a round, if it comes within `deadline` of the round's beginning: who joins a round that is already
    /// late does not wait at all.
    ///
    /// # Errors
    /// [`Missed`].
    pub async fn landed_within(&self, ticket: Ticket, deadline: Duration) -> Result<Arc<Round<T>>, Missed> {
        let landing = tokio::time::timeout_at(ticket.begun + deadline, self.landed(ticket));
        landing.await.map_err(|_| Missed::Late(ticket.since))?
    }

    /// The result of a round, however long it takes.
    ///
    /// # Errors
    /// [`Missed::Gone`].
    pub async fn landed(&self, ticket: Ticket) -> Result<Arc<Round<T>>, Missed> {
        let mut landed = self.landed.clone();
        let there = |round: &Option<Arc<Round<T>>>| round.as_ref().is_some_and(|round| round.number >= ticket.number);
        let round = landed.wait_for(there).await.map_err(|_| Missed::Gone)?;
        round.clone().ok_or(Missed::Gone)
    }

    /// The round that is running, if one is.
    #[must_use]
    pub fn running(&self) -> Option<Ticket> {
        lock(&self.flight).running
    }
}

/// The life of the thread: ends when the worker is dropped.
fn fly<T>(
    asked: &Receiver<()>,
    flight: &Mutex<Flight>,
    land: &watch::Sender<Option<Arc<Round<T>>>>,
    work: &mut impl FnMut(Timestamp) -> T,
) {
    while asked.recv().is_ok() {
        let started = Timestamp::now();
        let value = work(started);
        let mut flight = lock(flight);
        flight.running = None;
        let round = Round { value, started, took: started.elapsed(), number: flight.last };
        drop(flight);
        land.send_replace(Some(Arc::new(round)));
    }
}

// A std mutex: held for a few words, never across an await or a system call.
fn lock(flight: &Mutex<Flight>) -> MutexGuard<'_, Flight> {
    flight.lock().unwrap_or_else(PoisonError::into_inner)
}
