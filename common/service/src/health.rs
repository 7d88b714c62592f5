//! How well the program sees: one row per source, told in the self-health families.
//!
//! Rows are written by whoever reads a source. A scrape writes what changes with every reading (times); what rarely
//! changes (states, counts of errors), by far the most of it, stands from one scrape to the next. This module decides nothing about alerts and
//! never forgets a row by itself: an item that is gone for good is retired by its role.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::failure::{Failure, FailureKind, chain};
use crate::page::Standing;

mod board;

use board::{Board, Key, RoleRow, Row};

/// The registry of sources and roles of one program. Cheap to clone; all clones are the same registry.
#[derive(Clone, Debug)]
pub struct Health {
    board: Arc<Mutex<Board>>,
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
        if board.sources.get(&key).is_none_or(|row| row.interval != interval) {
            board.unknown.entry((role, source)).or_default();
            board.sources.entry(key.clone()).or_default().interval = interval;
            board.standing = None;
        }
        drop(board);
        SourceHandle { health: self.clone(), key }
    }

    /// Forgets an item that is gone for good, if it was ever told of.
    pub fn retire(&self, role: &'static str, source: &'static str, item: &str) {
        self.lock().retire(&Key { role, source, item: item.to_owned() });
    }

    /// The handle of one role; registers it at the first call as neither expected nor active.
    #[must_use]
    pub fn role(&self, role: &'static str) -> RoleHandle {
        let handle = RoleHandle { health: self.clone(), role };
        handle.write(|_| ());
        handle
    }

    /// Says how many things `source` showed at its last attempt in a layout this version does not know.
    pub fn unknown_layout(&self, role: &'static str, source: &'static str, count: usize) {
        let mut board = self.lock();
        if board.unknown.insert((role, source), count) != Some(count) {
            board.standing = None;
        }
    }

    /// Appends the self-health families that move to a page, as they are at `now`; gives those that stand.
    #[must_use = "without what stands, a page is not whole"]
    pub fn write(&self, now: Timestamp, page: &mut String) -> Arc<Standing> {
        self.tell_overdue(now);
        let mut board = self.lock();
        board.write_moving(now, page);
        board.standing()
    }

    /// Every source and what is known about it, sorted by role, source and item.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceReport> {
        let board = self.lock();
        let reports = board.sources.iter().map(|(key, row)| {
            let blocked_since = board.stuck_since(key, row);
            SourceReport {
                role: key.role,
                source: key.source,
                item: key.item.clone(),
                state: row.state(blocked_since).unwrap_or("never asked"),
                last_success: row.last_success,
                blocked_since,
                why: row.why.clone(),
            }
        });
        reports.collect()
    }

    /// Marks as blocked what has been read for longer than its deadline. Nobody waits for such a reading, so it is seen when
    /// somebody looks; [`Health::write`] does.
    pub fn tell_overdue(&self, now: Timestamp) {
        let overdue = self.lock().overdue(now);
        for (key, since) in overdue {
            SourceHandle { health: self.clone(), key }.blocked_since(since);
        }
    }

    // A std mutex: held for a few map accesses, never across an await or a system call.
    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the row of one source.
#[derive(Clone, Debug)]
pub struct SourceHandle {
    health: Health,
    key: Key,
}

impl SourceHandle {
    /// An attempt begins at `now`. If it has no outcome after `deadline`, it is blocked.
    pub fn began(&self, now: Timestamp, deadline: Duration) {
        if let Some(row) = self.health.lock().sources.get_mut(&self.key) {
            row.running = Some((now, deadline));
        }
    }

    /// An attempt that finished at `now` after `took` gave data.
    pub fn succeeded(&self, now: Timestamp, took: Duration) {
        self.write(|row| {
            row.running = None;
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
            row.running = None;
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

    /// From now on it is read this often in the background.
    pub fn read_every(&self, interval: Duration) {
        self.write(|row| row.interval = Some(interval));
    }

    /// Changes the row, and logs it if the state is another one then: one line when it begins, one when it ends.
    fn write(&self, change: impl FnOnce(&mut Row)) {
        let mut board = self.health.lock();
        let Some(row) = board.sources.get_mut(&self.key) else { return };
        let before = row.standing();
        change(row);
        let after = row.standing();
        if before == after {
            return;
        }
        let why = row.why.clone();
        board.standing = None;
        drop(board);
        self.log(before.0, after.0, &why);
    }

    fn log(&self, before: Option<&str>, state: Option<&str>, why: &str) {
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
        let mut board = self.health.lock();
        let before = board.roles.get(self.role).copied();
        let row = board.roles.entry(self.role).or_default();
        change(row);
        if before != Some(*row) {
            board.standing = None;
        }
    }
}

#[cfg(test)]
mod tests;
