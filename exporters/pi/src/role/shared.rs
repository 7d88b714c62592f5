//! What the threads of the role share. Each lock is held for a few map accesses and never while a file is read or the
//! firmware is asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::Snapshot;
use gjallarhorn_service::health::{Health, SourceHandle};
use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::{BOOTLOADER, DEVICETREE, GENCMD, NAME, PSU, RTC, TAG, TURNS};
use crate::config::Config;
use crate::observe::live::{self, Live};
use crate::observe::tally::{Sample, Tally};
use crate::parse::board::Board;
use crate::polls::{CELL, HOURLY};
use crate::source::firmware::{Ask, Firmware};
use crate::source::machine::Machine;

/// So many intervals after a look, it is no longer the present.
const PRESENT: u32 = 5;

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) machine: Machine,
    pub(crate) firmware: Firmware,
    pub(crate) health: Health,
    /// The board, once there is a sign of one.
    board: Mutex<Option<Board>>,
    sampled: Mutex<Sampled>,
    /// The rows of sources that are no polls of their own, once they were told of.
    rows: Mutex<BTreeMap<&'static str, SourceHandle>>,
    kept: Mutex<BTreeMap<&'static str, Kept>>,
}

#[derive(Clone, Default)]
struct Sampled {
    tally: Tally,
    last: Option<(Timestamp, Sample)>,
}

struct Kept {
    taken: Timestamp,
    snapshot: Arc<Snapshot>,
}

impl Shared {
    /// What the threads share on the machine below `root`. Looks for a board, which blocks.
    pub(crate) fn new(config: &Config, root: &Path, health: &Health, asked: Box<dyn Ask>) -> Shared {
        let shared = Shared {
            config: config.clone(),
            machine: Machine::new(root),
            firmware: Firmware::new(asked, config.deadline.get()),
            health: health.clone(),
            board: Mutex::default(),
            sampled: Mutex::default(),
            rows: Mutex::default(),
            kept: Mutex::default(),
        };
        shared.look();
        shared
    }

    /// Whether there is a board here; looks for one if none is known, which blocks.
    ///
    /// # Errors
    /// `absent` if there is no sign of one.
    pub(crate) fn present(&self) -> Result<(), Failure> {
        self.known().or_else(|failure| if self.look() { Ok(()) } else { Err(failure) })
    }

    /// Whether a board is known here. Memory only.
    ///
    /// # Errors
    /// `absent` if there was no sign of one so far.
    pub(crate) fn known(&self) -> Result<(), Failure> {
        let absent = || Failure::new(FailureKind::Absent, "find", "a Raspberry Pi");
        lock(&self.board).as_ref().map(drop).ok_or_else(absent)
    }

    /// Looks for a board; whether there is one.
    fn look(&self) -> bool {
        let found = self.machine.sign().ok().map(|_| self.machine.board());
        let is_found = found.is_some();
        *lock(&self.board) = found;
        is_found
    }

    /// The board is this one.
    pub(crate) fn know(&self, board: Board) {
        *lock(&self.board) = Some(board);
    }

    /// The board, as far as it is known.
    pub(crate) fn board(&self) -> Option<Board> {
        lock(&self.board).clone()
    }

    /// Takes in a look of the sampler.
    pub(crate) fn sampled(&self, sample: Sample, now: Timestamp) {
        let mut sampled = lock(&self.sampled);
        sampled.tally.take(&sample, now, self.config.interval.get());
        sampled.last = Some((now, sample));
    }

    /// The last look, if it is young enough to be the present.
    pub(crate) fn last_sample(&self, now: Timestamp) -> Option<Sample> {
        let limit = self.config.interval.get() * PRESENT;
        lock(&self.sampled).last.filter(|(taken, _)| now.since(*taken) < limit).map(|(_, sample)| sample)
    }

    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        lock(&self.sampled).tally.clone()
    }

    /// What a scrape shows of the sampler.
    pub(crate) fn live(&self, now: Timestamp) -> Snapshot {
        let detector = lock(&self.board).as_ref().and_then(Board::detects_undervoltage);
        live::samples(&Live {
            tally: &self.tally(),
            sample: self.last_sample(now).as_ref(),
            door: self.firmware.door(),
            detector,
        })
    }

    /// What a source says replaces what it said before.
    pub(crate) fn keep(&self, source: &'static str, now: Timestamp, snapshot: Snapshot) {
        lock(&self.kept).insert(source, Kept { taken: now, snapshot: Arc::new(snapshot) });
    }

    /// What every source said, as far as it is young enough.
    pub(crate) fn young(&self, now: Timestamp) -> Vec<Arc<Snapshot>> {
        let kept = lock(&self.kept);
        let young = kept.iter().filter(|(source, kept)| now.since(kept.taken) < lifetime(source, &self.config));
        young.map(|(_, kept)| Arc::clone(&kept.snapshot)).collect()
    }

    /// What a source said holds no more.
    pub(crate) fn forget(&self, source: &'static str) {
        lock(&self.kept).remove(source);
    }

    /// Reads a source that is no poll of its own, and tells in its row how that went.
    pub(crate) fn told<T>(
        &self,
        source: &'static str,
        read: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let row = self.row(source);
        let begun = Timestamp::now();
        row.began(begun, self.config.deadline.get() * TURNS);
        let read = read();
        self.outcome(&row, source, begun, &read);
        read
    }

    /// Tells in the row of such a source what came of it since `begun`, read together with others.
    pub(crate) fn tell<T>(
        &self,
        source: &'static str,
        begun: Timestamp,
        read: Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.outcome(&self.row(source), source, begun, &read);
        read
    }

    fn row(&self, source: &'static str) -> SourceHandle {
        let register = || self.health.source(NAME, source, "", Some(pace(source, &self.config)));
        lock(&self.rows).entry(source).or_insert_with(register).clone()
    }

    fn outcome<T>(&self, row: &SourceHandle, source: &str, begun: Timestamp, read: &Result<T, Failure>) {
        let now = Timestamp::now();
        match read {
            Ok(_) => row.succeeded(now, now.since(begun)),
            Err(failure) => {
                row.failed_with(failure, now, now.since(begun));
                if matches!(source, GENCMD | TAG)
                    && let Some(since) = self.firmware.busy_since()
                {
                    row.blocked_since(since);
                }
            }
        }
    }
}

/// How long what a source said stays on the page without being said again.
fn lifetime(source: &str, config: &Config) -> Duration {
    let interval = match source {
        DEVICETREE => HOURLY,
        RTC => CELL,
        _ => config.slow_interval.get(),
    };
    config.stale_after.get().max(interval * 3)
}

/// How often a source is read that is no poll of its own.
fn pace(source: &str, config: &Config) -> Duration {
    match source {
        TAG | PSU | BOOTLOADER => HOURLY,
        _ => config.interval.get(),
    }
}

// Std mutexes: held for a few map accesses, never across a read, a question or an await.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
