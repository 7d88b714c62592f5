//! The rows behind [`super::Health`], and their rendering: what rarely changes is kept rendered.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_metrics::encode::{write_header, write_more_rows, write_rows};

use crate::clock::Timestamp;
use crate::failure::FailureKind;
use crate::families;
use crate::page::Standing;

/// At most this many series of self-health on one page.
const SERIES_LIMIT: usize = 20_000;

/// Room for what stands: the families' heads and the roles, and for each source its errors, states and interval. Text that
/// grows leaves as much behind as it needs, and an exporter that is asked every 15 s never gives that back.
const FEW_BYTES: usize = 4 * 1024;
const ROW_BYTES: usize = 20 * 96;

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

impl Key {
    fn labels(&self) -> [&str; 3] {
        [self.role, self.source, &self.item]
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
        let mut text = String::with_capacity(FEW_BYTES + self.sources.len() * ROW_BYTES);
        self.write_errors(|count| count == 0, &mut text);
        self.write_standing(&mut text);
        let rendered = Arc::new(Standing::new(text));
        self.standing = Some(Arc::clone(&rendered));
        rendered
    }

    /// Appends the families of which a reading changes nothing, or only the state.
    fn write_standing(&self, page: &mut String) {
        write_rows(&families::BUILD_INFO, iter::once(([&self.version[..]], 1_u64.into())), page);
        let roles = || self.roles.iter().map(|(role, row)| ([*role], row));
        write_rows(&families::ROLE_EXPECTED, roles().map(|(at, row)| (at, row.expected.into())), page);
        write_rows(&families::ROLE_ACTIVE, roles().map(|(at, row)| (at, row.active.into())), page);
        let states =
            || self.sources.iter().filter_map(|(key, row)| Some((key, row.state(self.stuck_since(key, row))?)));
        let up = states().map(|(key, state)| (key.labels(), (state == "ok").into()));
        write_rows(&families::SOURCE_UP, up.take(SERIES_LIMIT), page);
        let each = states().flat_map(|(key, current)| {
            let [role, source, item] = key.labels();
            families::STATES.iter().map(move |state| ([role, source, item, *state], (*state == current).into()))
        });
        write_rows(&families::SOURCE_STATE, each.take(SERIES_LIMIT), page);
        let interval = |row: &Row| Some(row.interval?.as_secs_f64().into());
        let intervals = self.sources.iter().filter_map(|(key, row)| Some((key.labels(), interval(row)?)));
        write_rows(&families::SOURCE_INTERVAL, intervals.take(SERIES_LIMIT), page);
        write_rows(&families::SERIES_DROPPED, roles().map(|(at, row)| (at, row.dropped.into())), page);
        let unknown = self.unknown.iter().map(|((role, source), count)| ([*role, *source], (*count).into()));
        write_rows(&families::UNKNOWN_LAYOUT, unknown, page);
    }

    /// Appends what changes with every reading, and while one is stuck. It ends with the errors that were seen: those that
    /// never were are by far the most, and with them what stands goes on.
    pub(super) fn write_moving(&self, now: Timestamp, page: &mut String) {
        let rows = || self.sources.iter().map(|(key, row)| (key.labels(), key, row));
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
}
