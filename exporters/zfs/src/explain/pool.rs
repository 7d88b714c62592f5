//! One pool, in words.

use std::fmt::Write as _;
use std::time::Duration;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::words::{ago, bytes, listed, span};
use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::model::{Condition, Pool, ScanResult};
use gjallarhorn_zfs::parse::redundancy;

use super::kstat_path;
use super::words::percent;
use crate::remember::Past;
use crate::role::{Report, Shared};

/// What the kernel files say at this moment.
pub(super) fn live(shared: &Shared, name: &str, now: Timestamp, out: &mut String) {
    let files = shared.machine.pool(name, now);
    let from = kstat_path(name);
    match &files.state {
        Ok(word) => {
            let unknown = word.unknown.as_ref().map(|word| format!(" (`{word}`)")).unwrap_or_default();
            let _ = writeln!(out, "  state       {}{unknown}, just read ({from}state)", word.state.word());
        }
        Err(failure) => drop(writeln!(out, "  state       not known: {failure}")),
    }
    match &files.syncing {
        Ok(Some(time)) if time.is_zero() => drop(writeln!(out, "  writes      none on their way ({from}txgs)")),
        Ok(Some(time)) => drop(writeln!(out, "  writes      on their way for {} ({from}txgs)", span(*time))),
        Ok(None) => drop(writeln!(out, "  writes      none recorded: the pool is not open, or zfs_txg_history is 0")),
        Err(failure) => drop(writeln!(out, "  writes      not known: {failure}")),
    }
}

/// What the last full report says.
pub(super) fn reported(report: &Report, out: &mut String) {
    let pool = &report.pool;
    let conditions = evaluate(pool, Surroundings::default());
    let holding = Condition::ALL.iter().filter(|one| conditions.get(**one) == Some(true));
    let _ = writeln!(out, "  complaints  {}", listed(holding.map(|condition| condition.word())));
    match redundancy::of_pool(pool) {
        Some(told) if told.remaining < 0 => drop(writeln!(out, "  redundancy  none: data is out of reach")),
        Some(told) => {
            let _ = writeln!(out, "  redundancy  can lose {} more (designed for {})", told.remaining, told.designed);
        }
        None => drop(writeln!(out, "  redundancy  cannot be told")),
    }
    if let Some((size, used)) = pool.space() {
        let _ = writeln!(out, "  space       {} % of {} used", percent(used, size), bytes(size));
    }
    for vdev in redundancy::damaged(pool) {
        let state = vdev.state().map_or("unknown", |state| state.word());
        let _ = writeln!(out, "  damaged     {} ({state})", vdev.name);
    }
    scan(pool, out);
    for foreign in &pool.foreign_layouts {
        let _ = writeln!(
            out,
            "  unknown     {} has {} words: a newer OpenZFS, update the exporter",
            foreign.array, foreign.words
        );
    }
}

fn scan(pool: &Pool, out: &mut String) {
    if let Some(scan) = pool.scan.as_ref().filter(|scan| scan.result == ScanResult::Running) {
        let paused = if scan.paused { ", paused" } else { "" };
        let part = scan.issued.zip(scan.total.filter(|total| *total > 0));
        let done = part.map(|(issued, total)| format!(", {} % done", percent(issued, total))).unwrap_or_default();
        let _ = writeln!(out, "  scan        {} at work{paused}{done}", scan.function.word());
    }
}

/// What is remembered of it.
pub(super) fn remembered(past: Option<&Past>, now: Timestamp, out: &mut String) {
    let Some(past) = past else {
        let _ = writeln!(out, "  remembered  nothing yet");
        return;
    };
    let since = |at: u64| ago(now.unix.saturating_sub(Duration::from_secs(at)));
    match &past.scrub {
        Some(scrub) => {
            let errors = scrub.errors.map_or_else(|| "unknown".to_owned(), |errors| errors.to_string());
            let _ = writeln!(out, "  last scrub  completed {}, errors left: {errors} (remembered)", since(scrub.end));
        }
        None => drop(writeln!(out, "  last scrub  none seen; the pool was first seen {}", since(past.first_seen))),
    }
}
