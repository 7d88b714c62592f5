//! The rows behind [`super::Health`], and their rendering: what rarely changes is kept rendered.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_metrics::encode::{encode, write_header, write_more_rows, write_rows};
use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use crate::clock::Timestamp;
use crate::failure::FailureKind;
use crate::families;
use crate::page::Standing;

/// At most this many series of self-health on one page.
const SERIES_LIMIT: usize = 20_000;

/// Every row of the program.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) version: String,
    pub(super) roles: BTreeMap<&'static str, RoleRow>,
    pub(super) sources: BTreeMap<Key, Row>,
    pub(super) unknown: BTreeMap<(&'static str, &'static str), usize>,
    /// The families that rarely change as they stand on the page; nothing once they have.
    pub(super) standing: Option<Arc<Standing>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) role: &'static str,
    pub(super) source: &'static str,
    pub(super) item: String,
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let words = names(self.role, other.role).then_with(|| names(self.source, other.source));
        words.then_with(|| self.item.cmp(&other.item))
    }
}

/// The order of two names. Most are the same constant: a row is looked for with every reading, the sampler's each second.
fn names(one: &'static str, other: &'static str) -> Ordering {
    if std::ptr::eq(one, other) { Ordering::Equal } else { one.cmp(other) }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RoleRow {
    pub(super) expected: bool,
    pub(super) active: bool,
    pub(super) dropped: usize,
}

#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) interval: Option<Duration>,
    /// When the attempt that has no outcome yet began, and how long it may take.
    pub(super) running: Option<(Timestamp, Duration)>,
    /// What the last finished attempt gave; nothing before the first.
    pub(super) outcome: Option<Result<(), FailureKind>>,
    pub(super) last_success: Option<Timestamp>,
    pub(super) took: Option<Duration>,
    pub(super) blocked_since: Option<Timestamp>,
    pub(super) why: String,
    pub(super) errors: [u64; FailureKind::ALL.len()],
}

impl Board {
    /// What rarely changes, rendered anew only if it has.
    pub(super) fn standing(&mut self) -> Arc<Standing> {
        if let Some(standing) = &self.standing {
            return Arc::clone(standing);
        }
        let mut text = String::new();
        self.write_errors(|count| count == 0, &mut text);
        encode(families::TABLE, &[&self.render_standing()], &mut text);
        let rendered = Arc::new(Standing::new(text));
        self.standing = Some(Arc::clone(&rendered));
        rendered
    }

    fn render_standing(&self) -> Snapshot {
        let mut samples = Snapshot::builder(SERIES_LIMIT);
        samples.push(&families::BUILD_INFO, [&self.version], 1_u64);
        for (role, row) in &self.roles {
            samples.push(&families::ROLE_EXPECTED, [role], row.expected);
            samples.push(&families::ROLE_ACTIVE, [role], row.active);
            samples.push(&families::SERIES_DROPPED, [role], row.dropped);
        }
        for (key, row) in &self.sources {
            row.render_standing(key, self.stuck_since(key, row), &mut samples);
        }
        for ((role, source), count) in &self.unknown {
            samples.push(&families::UNKNOWN_LAYOUT, [role, source], *count);
        }
        samples.finish()
    }

    /// Appends what changes with every reading, and while one is stuck. It ends with the errors that were seen: those that
    /// never were are by far the most, and with them what stands goes on.
    pub(super) fn write_moving(&self, now: Timestamp, page: &mut String) {
        let rows = || self.sources.iter().map(|(key, row)| ([key.role, key.source, &key.item], key, row));
        let success = |row: &Row| row.last_success.map(|success| success.unix_seconds().into());
        write_rows(&families::SOURCE_LAST_SUCCESS, rows().filter_map(|(at, _, row)| Some((at, success(row)?))), page);
        let took = |row: &Row| row.took.map(|took| took.as_secs_f64().into());
        write_rows(&families::SOURCE_DURATION, rows().filter_map(|(at, _, row)| Some((at, took(row)?))), page);
        let stuck = |key, row| self.stuck_since(key, row).map_or(0.0, |since| now.since(since).as_secs_f64());
        write_rows(&families::SOURCE_BLOCKED, rows().map(|(at, key, row)| (at, stuck(key, row).into())), page);
        if !self.sources.is_empty() {
            write_header(page, &families::SOURCE_ERRORS.definition);
            self.write_errors(|count| count > 0, page);
        }
    }

    /// Appends the errors of which there are so many, without their family's header.
    fn write_errors(&self, which: impl Fn(u64) -> bool, page: &mut String) {
        let counts = self.sources.iter().flat_map(|(key, row)| {
            FailureKind::ALL.map(|kind| ([key.role, key.source, &key.item, kind.word()], row.errors[kind as usize]))
        });
        let counts = counts.filter(|(_, count)| which(*count)).map(|(at, count)| (at, count.into()));
        // Every reason is one that the family's table knows.
        let _ = write_more_rows(&families::SOURCE_ERRORS, counts.take(SERIES_LIMIT), page);
    }

    /// Forgets a source.
    pub(super) fn retire(&mut self, key: &Key) {
        if self.sources.remove(key).is_some() {
            self.standing = None;
        }
    }

    /// What has been read for longer than its deadline and is not told as stuck yet, and since when.
    pub(super) fn overdue(&self, now: Timestamp) -> Vec<(Key, Timestamp)> {
        let late = self.sources.iter().filter_map(|(key, row)| {
            let (since, deadline) = row.running?;
            (now.since(since) > deadline && row.blocked_since != Some(since)).then(|| (key.clone(), since))
        });
        late.collect()
    }

    /// Since when a source is to be told as stuck: while its round is, its items are stuck with it, because no item can be
    /// fresher than the round that reads it.
    pub(super) fn stuck_since(&self, key: &Key, row: &Row) -> Option<Timestamp> {
        let round = Key { role: key.role, source: key.source, item: String::new() };
        row.blocked_since.or_else(|| self.sources.get(&round)?.blocked_since)
    }
}

impl Row {
    /// The state of a source that is stuck since then, or not.
    pub(super) fn state(&self, stuck: Option<Timestamp>) -> Option<&'static str> {
        if stuck.is_some() {
            return Some(FailureKind::Blocked.word());
        }
        self.outcome.map(|outcome| outcome.map_or_else(FailureKind::word, |()| "ok"))
    }

    /// Everything of the row that stands and that a reading can change: of the errors, which have been seen.
    pub(super) fn standing(&self) -> (Option<&'static str>, [bool; FailureKind::ALL.len()], Option<Duration>) {
        (self.state(self.blocked_since), self.errors.map(|count| count > 0), self.interval)
    }

    fn render_standing(&self, key: &Key, stuck: Option<Timestamp>, samples: &mut SnapshotBuilder) {
        let labels = [key.role, key.source, &key.item];
        if let Some(state) = self.state(stuck) {
            samples.push(&families::SOURCE_UP, labels, state == "ok");
            samples.push_states(&families::SOURCE_STATE, [key.role, key.source, &key.item, ""], state);
        }
        samples.push_some(&families::SOURCE_INTERVAL, labels, self.interval.map(|time| time.as_secs_f64()));
    }
}
