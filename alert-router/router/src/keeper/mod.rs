//! The keeper: the one task through which everything that happens must pass, in one line.
//!
//! It numbers events, has them written, lets the core absorb them, and answers. What came while a commit was under way
//! becomes the next commit: that is the whole of group commit. If the journal cannot be written, events count all the
//! same and their senders are told that nothing is on the disk; the first commit that succeeds again carries a
//! checkpoint of everything.

mod desk;
mod early;
mod owed;
mod own;
mod timer;

use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_engine::{Event, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{error, info};

use crate::journal::retention::Keep;
use crate::journal::writer::{DEADLINE, Note};
use crate::journal::{Entry, JournalFailure, Writer};
use crate::record;
use crate::shared::Shared;
pub use desk::{Desk, Input, Kept, Turned};
use early::Early;
use owed::Owed;
pub use timer::Expectations;
use timer::Timer;

/// Events of one commit.
const BATCH: usize = 64;
/// Events that may wait for the commit before them; more is overload.
const QUEUE: usize = 1024;
/// A failing journal is tried again so often even if nothing happens.
const PROBE: Duration = Duration::from_secs(5);
/// The ledger's rows wait so long for a commit that would happen anyway.
const FLUSH: Duration = Duration::from_secs(1);
/// Nothing is looked at less often than this.
const SLOWEST: Duration = Duration::from_secs(60);

/// The owner of the line.
pub struct Keeper {
    inputs: mpsc::Receiver<Input>,
    writer: Writer,
    shared: Arc<Shared>,
    seq: u64,
    owed: Owed,
    timer: Timer,
    /// The journal cannot be written; the next commit carries a checkpoint.
    broken: bool,
    /// The journal could not even be read at the start, so what is in it is not known yet.
    early: Option<Early>,
    /// What the router itself has to say, at the next tick.
    own: Vec<Input>,
}

impl Keeper {
    /// A keeper that goes on after event `seq`, and the desk in front of it.
    #[must_use]
    pub fn new(shared: Arc<Shared>, writer: Writer, seq: u64, keep: Keep, expected: Expectations) -> (Self, Desk) {
        let (sender, inputs) = mpsc::channel(QUEUE);
        let timer = Timer::new(keep, expected);
        (
            Keeper {
                inputs,
                writer,
                shared,
                seq,
                owed: Owed::default(),
                timer,
                broken: false,
                early: None,
                own: Vec::new(),
            },
            Desk::new(sender),
        )
    }

    /// What a start has to settle before anything new happens: rows of the replay, attempts that were cut off, and
    /// that the journal could not be read.
    pub async fn begin(&mut self, rows: Vec<Entry>, first: Vec<Event>, found: Result<Note, JournalFailure>) {
        self.owed.add(rows);
        match found {
            Ok(note) => self.noted(note),
            Err(failure) => {
                self.failed(&failure);
                self.early = Some(Early::default());
            }
        }
        if !first.is_empty() {
            self.keep(first.into_iter().map(Input::of).collect()).await;
        }
    }

    /// Works until `end` turns true, then writes down what is still owed.
    pub async fn run(mut self, mut end: watch::Receiver<bool>) {
        loop {
            let due = self.due();
            tokio::select! {
                first = self.inputs.recv() => match first {
                    Some(first) => self.batch(first).await,
                    None => break,
                },
                () = sleep_until(due) => self.tick().await,
                () = ended(&mut end) => break,
            }
        }
        self.inputs.close();
        while let Some(input) = self.inputs.recv().await {
            self.batch(input).await;
        }
        self.checkpoint().await;
    }

    async fn batch(&mut self, first: Input) {
        let mut inputs = vec![first];
        while inputs.len() < BATCH
            && let Ok(next) = self.inputs.try_recv()
        {
            inputs.push(next);
        }
        self.keep(inputs).await;
    }

    /// Writes, then lets happen, then answers.
    async fn keep(&mut self, inputs: Vec<Input>) {
        self.catch_up().await;
        let at = self.shared.clock.now();
        let first = self.seq + 1;
        let mut entries = self.entries_owed(at);
        for (seq, input) in (first..).zip(&inputs) {
            entries.extend(record::rows(seq, at, &input.event, input.raw.as_ref()));
            entries.extend(input.extra.iter().cloned());
        }
        let kept = self.commit(entries).await;
        let mut core = self.shared.core();
        for (seq, input) in (first..).zip(&inputs) {
            let rows = core.absorb(seq, at, &input.event);
            self.early.iter_mut().for_each(|early| early.remember(at, &input.event));
            self.shared.metrics.saw(&input.event);
            self.shared.metrics.dead_letters(rows.iter().filter(|row| row.is_dead_letter()).count());
            self.owed.add(rows);
            self.seq = seq;
        }
        drop(core);
        self.timer.events(inputs.len());
        inputs.into_iter().for_each(|input| input.answer(kept));
        self.shared.announce(self.seq);
    }

    /// The rows that still wait, and after a failure the state that the log does not hold.
    fn entries_owed(&mut self, at: Timestamp) -> Vec<Entry> {
        let mut entries = self.owed.take();
        if self.broken {
            let body = self.shared.core().checkpoint();
            entries.push(Entry::Checkpoint { seq: self.seq, at_ms: at.0, body });
        }
        entries
    }

    /// If the journal could not be read at the start: tries again, and joins what it holds with what happened since.
    async fn catch_up(&mut self) {
        let Some(early) = &self.early else { return };
        let Ok((recalled, note)) = self.writer.recall(DEADLINE).await else { return };
        let policy = self.shared.core().engine.policy().clone();
        let (core, seq, rows) = early.join(policy, &recalled);
        info!(events = recalled.events.len(), "the journal can be read at last, and was replayed");
        self.shared.replace_core(core);
        self.seq = seq;
        self.owed.add(rows);
        self.early = None;
        self.noted(note);
    }

    async fn commit(&mut self, entries: Vec<Entry>) -> Kept {
        if self.early.is_some() {
            self.owed.put_back(entries);
            return Kept::InMemory;
        }
        let began = Instant::now();
        let entries = Arc::new(entries);
        let committed = self.writer.commit(entries.clone()).await;
        self.shared.metrics.committed(began.elapsed(), committed.as_ref().err());
        match committed {
            Ok(note) => {
                self.succeeded(note);
                Kept::OnDisk
            }
            Err(failure) => {
                self.owed.put_back(Arc::unwrap_or_clone(entries));
                self.failed(&failure);
                Kept::InMemory
            }
        }
    }

    fn succeeded(&mut self, note: Note) {
        if std::mem::take(&mut self.broken) {
            info!(rows_lost = self.owed.lost(), "the journal can be written again");
            self.timer.checkpointed();
            self.shared.set_journal(|state| state.failing = None);
        }
        self.noted(note);
    }

    fn noted(&mut self, note: Note) {
        if let Some(aside) = note.set_aside {
            error!(moved_to = %aside.display(), "the journal was corrupt: it was set aside and a new one begun");
            self.broken = true;
            self.own.push(own::journal_was_corrupt(self.shared.clock.now()));
        }
        if let Some(bytes) = note.bytes {
            self.shared.set_journal(|state| state.bytes = Some(bytes));
        }
    }

    fn failed(&mut self, failure: &JournalFailure) {
        if !std::mem::replace(&mut self.broken, true) {
            error!(reason = %failure, "the journal cannot be written: alerts are told from memory and answered 503");
        }
        self.shared.set_journal(|state| state.failing = Some(failure.to_string()));
    }

    fn due(&mut self) -> Instant {
        let patience = match (self.broken, self.owed.is_empty() && self.own.is_empty()) {
            (true, _) if self.own.is_empty() => PROBE,
            (true, _) => FLUSH,
            (false, false) => FLUSH,
            (false, true) => SLOWEST,
        };
        self.timer.due(&self.shared.core(), self.shared.clock.now(), patience)
    }

    /// Time passed: let the engine know if it wants to, then pay what is owed.
    async fn tick(&mut self) {
        let mut inputs = std::mem::take(&mut self.own);
        let events = self.timer.fall_due(&self.shared.core(), self.shared.clock.now());
        inputs.extend(events.into_iter().map(Input::of));
        if !inputs.is_empty() {
            self.keep(inputs).await;
        }
        if self.timer.checkpoint_due() {
            self.checkpoint().await;
        } else if !self.owed.is_empty() || self.broken {
            self.catch_up().await;
            let entries = self.entries_owed(self.shared.clock.now());
            self.commit(entries).await;
        }
        if let Some(keep) = self.timer.tidy_due()
            && let Ok(note) = self.writer.tidy(self.shared.clock.now().0, keep).await
        {
            self.noted(note);
        }
    }

    async fn checkpoint(&mut self) {
        let at_ms = self.shared.clock.now().0;
        let mut entries = self.owed.take();
        let body = self.shared.core().checkpoint();
        entries.push(Entry::Checkpoint { seq: self.seq, at_ms, body });
        self.commit(entries).await;
        self.timer.checkpointed();
    }
}

/// Waits until the router ends; the watched value's guard must not live on in the caller's select.
async fn ended(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|end| *end).await;
}
