//! How well the program sees: one row per source, told in the self-health families.
//!
//! Rows are written by whoever reads a source and rendered at each scrape. This module decides nothing about alerts and
//! never forgets a row by itself: an item that is gone for good is retired by its role.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind, chain};
use crate::families;

/// At most this many series of self-health on one page.
const SERIES_LIMIT: usize = 20_000;

/// The registry of sources and roles of one program. Cheap to clone; all clones are the same registry.
#[derive(Clone, Debug)]
pub struct Health {
    board: Arc<Mutex<Board>>,
}

#[derive(Debug, Default)]
struct Board {
    version: String,
    roles: BTreeMap<&'static str, RoleRow>,
    sources: BTreeMap<Key, Row>,
    unknown: BTreeMap<(&'static str, &'static str), usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    role: &'static str,
    source: &'static str,
    item: String,
}

#[derive(Debug, Default)]
struct RoleRow {
    expected: bool,
    active: bool,
    dropped: usize,
}

#[derive(Clone, Debug, Default)]
struct Row {
    interval: Option<Duration>,
    /// What the last finished attempt gave; nothing before the first.
    outcome: Option<Result<(), FailureKind>>,
    last_success: Option<Timestamp>,
    took: Option<Duration>,
    blocked_since: Option<Timestamp>,
    why: String,
    errors: [u64; FailureKind::ALL.len()],
}

/// What is known about one source, for `explain` and for pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// The role that reads it.
    pub role: &'static str,
    /// The kind of source.
    pub source: &'static str,
    /// Which one of them (a pool), or empty for the round as a whole.
    pub item: String,
    /// `ok`, a failure's word, or `never asked`.
    pub state: &'static str,
    /// When it last gave data.
    pub last_success: Option<Timestamp>,
    /// Since when a running attempt has been stuck.
    pub blocked_since: Option<Timestamp>,
    /// What the last attempt failed with, in words; empty if it did not, or if nobody said.
    pub why: String,
}

impl Health {
    /// An empty registry of a program of this version.
    #[must_use]
    pub fn new(version: &str) -> Health {
        let board = Board { version: version.to_owned(), ..Board::default() };
        Health { board: Arc::new(Mutex::new(board)) }
    }

    /// The handle of one source; registers it at the first call, with all its errors at 0. `interval` is how often it is
    /// read in the background, `None` if it is read at each scrape.
    #[must_use]
    pub fn source(
        &self,
        role: &'static str,
        source: &'static str,
        item: &str,
        interval: Option<Duration>,
    ) -> SourceHandle {
        let key = Key { role, source, item: item.to_owned() };
        let mut board = self.lock();
        board.unknown.entry((role, source)).or_default();
        board.sources.entry(key.clone()).or_default().interval = interval;
        drop(board);
        SourceHandle { health: self.clone(), key }
    }

    /// The handle of one role; registers it at the first call as neither expected nor active.
    #[must_use]
    pub fn role(&self, role: &'static str) -> RoleHandle {
        self.lock().roles.entry(role).or_default();
        RoleHandle { health: self.clone(), role }
    }

    /// Says how many things `source` showed at its last attempt in a layout this version does not know.
    pub fn unknown_layout(&self, role: &'static str, source: &'static str, count: usize) {
        self.lock().unknown.insert((role, source), count);
    }

    /// The self-health families at `now`.
    #[must_use]
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let board = self.lock();
        let mut samples = Snapshot::builder(SERIES_LIMIT);
        samples.push(&families::BUILD_INFO, [&board.version], 1_u64);
        for (role, row) in &board.roles {
            samples.push(&families::ROLE_EXPECTED, [role], row.expected);
            samples.push(&families::ROLE_ACTIVE, [role], row.active);
            samples.push(&families::SERIES_DROPPED, [role], row.dropped);
        }
        for (key, row) in board.effective() {
            row.render(&key, now, &mut samples);
        }
        for ((role, source), count) in &board.unknown {
            samples.push(&families::UNKNOWN_LAYOUT, [role, source], *count);
        }
        samples.finish()
    }

    /// Every source and what is known about it, sorted by role, source and item.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceReport> {
        let reports = self.lock().effective().into_iter().map(|(key, row)| SourceReport {
            role: key.role,
            source: key.source,
            state: row.state().unwrap_or("never asked"),
            last_success: row.last_success,
            blocked_since: row.blocked_since,
            why: row.why,
            item: key.item,
        });
        reports.collect()
    }

    // A std mutex: held for a few map accesses, never across an await or a system call.
    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// The rows as they are to be told: while the round of a source is stuck, its items are stuck with it, because no
    /// item can be fresher than the round that reads it.
    fn effective(&self) -> Vec<(Key, Row)> {
        let rows = self.sources.iter().map(|(key, row)| {
            let mut row = row.clone();
            let round = Key { role: key.role, source: key.source, item: String::new() };
            let stuck = self.sources.get(&round).and_then(|round| round.blocked_since);
            row.blocked_since = row.blocked_since.or(stuck);
            (key.clone(), row)
        });
        rows.collect()
    }
}

impl Row {
    fn state(&self) -> Option<&'static str> {
        if self.blocked_since.is_some() {
            return Some(FailureKind::Blocked.word());
        }
        self.outcome.map(|outcome| outcome.map_or_else(FailureKind::word, |()| "ok"))
    }

    fn render(&self, key: &Key, now: Timestamp, samples: &mut SnapshotBuilder) {
        let labels = [key.role, key.source, &key.item];
        if let Some(state) = self.state() {
            samples.push(&families::SOURCE_UP, labels, state == "ok");
            samples.push_states(&families::SOURCE_STATE, [key.role, key.source, &key.item, ""], state);
        }
        let success = self.last_success.map(Timestamp::unix_seconds);
        samples.push_some(&families::SOURCE_LAST_SUCCESS, labels, success);
        samples.push_some(&families::SOURCE_INTERVAL, labels, self.interval.map(|time| time.as_secs_f64()));
        samples.push_some(&families::SOURCE_DURATION, labels, self.took.map(|time| time.as_secs_f64()));
        let blocked = self.blocked_since.map_or(0.0, |since| now.since(since).as_secs_f64());
        samples.push(&families::SOURCE_BLOCKED, labels, blocked);
        for kind in FailureKind::ALL {
            let labels = [key.role, key.source, &key.item, kind.word()];
            samples.push(&families::SOURCE_ERRORS, labels, self.errors[kind as usize]);
        }
    }
}

/// Writes the row of one source.
#[derive(Clone, Debug)]
pub struct SourceHandle {
    health: Health,
    key: Key,
}

impl SourceHandle {
    /// An attempt that finished at `now` after `took` gave data.
    pub fn succeeded(&self, now: Timestamp, took: Duration) {
        self.write(|row| {
            row.outcome = Some(Ok(()));
            row.last_success = Some(now);
            row.took = Some(took);
            row.blocked_since = None;
            row.why.clear();
        });
    }

    /// An attempt that finished at `now` after `took` failed, for a reason that the kind says in full. If it could not
    /// even be made because something else is stuck (`blocked`), the source is blocked since the first such attempt.
    pub fn failed(&self, kind: FailureKind, now: Timestamp, took: Duration) {
        self.fail(kind, String::new(), now, took);
    }

    /// The same with what is known about the reason, for the log and for `explain`.
    pub fn failed_with(&self, failure: &Failure, now: Timestamp, took: Duration) {
        self.fail(failure.kind, chain(failure), now, took);
    }

    fn fail(&self, kind: FailureKind, why: String, now: Timestamp, took: Duration) {
        self.write(|row| {
            let stuck = (kind == FailureKind::Blocked).then(|| row.blocked_since.unwrap_or(now));
            row.outcome = Some(Err(kind));
            row.took = Some(took);
            row.blocked_since = stuck;
            row.why = why;
            row.errors[kind as usize] += 1;
        });
    }

    /// An attempt begun at `since` is still stuck. Says so until the next outcome; counted once per attempt.
    pub fn blocked_since(&self, since: Timestamp) {
        self.write(|row| {
            if row.blocked_since != Some(since) {
                row.errors[FailureKind::Blocked as usize] += 1;
            }
            row.blocked_since = Some(since);
        });
    }

    /// Forgets the source: an item that is gone for good.
    pub fn retire(&self) {
        self.health.lock().sources.remove(&self.key);
    }

    /// Changes the row, and logs it if the state is another one then: one line when it begins, one when it ends.
    fn write(&self, change: impl FnOnce(&mut Row)) {
        let mut board = self.health.lock();
        let Some(row) = board.sources.get_mut(&self.key) else { return };
        let before = row.state();
        change(row);
        let (state, why) = (row.state(), row.why.clone());
        drop(board);
        let Key { role, source, item } = &self.key;
        match (before, state) {
            (before, state) if before == state => {}
            (None, Some("ok")) => tracing::debug!(role, source, item, "source read for the first time"),
            (_, Some("ok")) => tracing::info!(role, source, item, "source is well again"),
            (_, Some(state)) => tracing::warn!(role, source, item, state, why, "source fails"),
            (_, None) => {}
        }
    }
}

/// Writes the row of one role.
#[derive(Clone, Debug)]
pub struct RoleHandle {
    health: Health,
    role: &'static str,
}

impl RoleHandle {
    /// Whether the role was ever seen on this host.
    pub fn expected(&self, expected: bool) {
        self.write(|row| row.expected = expected);
    }

    /// Whether the role has found what it watches.
    pub fn active(&self, active: bool) {
        self.write(|row| row.active = active);
    }

    /// How many samples of the role were left out of the last page.
    pub fn dropped(&self, dropped: usize) {
        self.write(|row| row.dropped = dropped);
    }

    fn write(&self, change: impl FnOnce(&mut RoleRow)) {
        change(self.health.lock().roles.entry(self.role).or_default());
    }
}

#[cfg(test)]
mod tests;
