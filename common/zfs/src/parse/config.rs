//! The meaning of a POOL_STATS reply: a packed list into a [`Pool`].
//!
//! The keys are those of OpenZFS `include/sys/fs/zfs.h` (`ZPOOL_CONFIG_*`), which have not changed since 0.8.

use super::layout::{CheckpointStats, CopyStats, ErrorScrubStats, Fit, ScanStats};
use super::model::{Checkpoint, Copying, ErrorScrub, ForeignLayout, Pool, Scan, ScanFunction, ScanResult, Suspension};
use super::nvlist::{self, Limits, List, Refusal};

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
mod tree;

/// `ZIO_SUSPEND_MMP` (OpenZFS `sys/zio.h`).
const SUSPENDED_BY_MULTIHOST: u64 = 2;

/// Reads a whole reply. What could not be read is in [`Pool::problems`].
///
/// # Errors
/// Only if the bytes are no packed list at all.
pub fn reply(bytes: &[u8]) -> Result<Pool, Refusal> {
    let decoded = nvlist::decode(bytes, Limits::POOL)?;
    let mut pool = pool(&decoded.list);
    pool.problems.extend(decoded.faults.iter().map(ToString::to_string));
    Ok(pool)
}

/// Reads a decoded reply.
#[must_use]
pub fn pool(list: &List<'_>) -> Pool {
    let mut notes = Notes::default();
    let mut pool = identity(list);
    match list.list("vdev_tree") {
        Some(tree) => devices(tree, &mut pool, &mut notes),
        None => notes.problem("no `vdev_tree` in the reply"),
    }
    pool.problems = notes.problems;
    pool.foreign_layouts = notes.foreign;
    pool
}

/// What stands at the outermost level.
fn identity(list: &List<'_>) -> Pool {
    Pool {
        name: list.text("name").map(str::to_owned),
        guid: list.number("pool_guid"),
        activity: list.number("state"),
        version: list.number("version"),
        data_errors: list.number("error_count"),
        suspended: suspension(list),
        errata: list.number("errata"),
        imported: list.words("initial_load_time").and_then(|time| time.get(0)).filter(|time| *time != 0),
        hostid: list.number("hostid"),
        features: list.list("feature_stats").map(|list| list.pairs().map(|(name, _)| name.to_owned()).collect()),
        compatibility: list.text("compatibility").map(str::to_owned),
        ..Pool::default()
    }
}

/// The key is there only while the pool is suspended.
fn suspension(list: &List<'_>) -> Option<Suspension> {
    list.get("suspended")?;
    Some(match list.number("suspended_reason") {
        Some(SUSPENDED_BY_MULTIHOST) => Suspension::Multihost,
        _ => Suspension::Io,
    })
}

/// What stands at the root of the tree, and the tree.
fn devices(tree: &List<'_>, pool: &mut Pool, notes: &mut Notes) {
    let scan = tree.words("scan_stats").map(ScanStats::read);
    if let Some(stats) = &scan {
        notes.layout("scan_stats", stats.fit);
        pool.scan = scan_of(stats, notes);
        pool.error_scrub = stats.error_scrub.as_ref().and_then(error_scrub_of);
    }
    let mut moving = |key: &'static str| {
        let stats = CopyStats::move_of_vdev(tree.words(key)?);
        notes.layout(key, stats.fit);
        copying(&stats, scan_result(stats.state?)?)
    };
    pool.removal = moving("removal_stats");
    pool.expansion = moving("raidz_expand_stats");
    pool.checkpoint = checkpoint(tree, notes);
    let resilvering = pool
        .scan
        .as_ref()
        .is_some_and(|scan| scan.function == ScanFunction::Resilver && scan.result == ScanResult::Running);
    tree::read(tree, resilvering, pool, notes);
}

fn scan_of(stats: &ScanStats, notes: &mut Notes) -> Option<Scan> {
    let function = match stats.function? {
        0 => return None,
        1 => ScanFunction::Scrub,
        2 => ScanFunction::Resilver,
        3 => ScanFunction::ErrorScrub,
        other => {
            notes.problem(format!("`scan_stats`: unknown function {other}"));
            return None;
        }
    };
    let result = scan_result(stats.state?)?;
    Some(Scan {
        function,
        result,
        paused: result == ScanResult::Running && stats.paused_since.is_some(),
        start: stats.start,
        end: stats.end.filter(|_| result != ScanResult::Running),
        total: stats.to_examine.map(|total| total.saturating_sub(stats.skipped.unwrap_or(0))),
        issued: stats.issued,
        repaired: stats.processed,
        errors: stats.errors,
        pass_start: stats.pass_start,
        pass_paused: stats.pass_paused,
        pass_issued: stats.pass_issued,
    })
}

fn error_scrub_of(stats: &ErrorScrubStats) -> Option<ErrorScrub> {
    let result = scan_result(stats.state)?;
    let running = result == ScanResult::Running;
    Some(ErrorScrub {
        result,
        paused: running && stats.paused,
        start: stats.start,
        end: stats.end.filter(|_| !running),
    })
}

/// `dsl_scan_state_t`: 0 none, 1 scanning, 2 finished, 3 canceled, 4 scrubbing known errors.
fn scan_result(state: u64) -> Option<ScanResult> {
    match state {
        1 | 4 => Some(ScanResult::Running),
        2 => Some(ScanResult::Finished),
        3 => Some(ScanResult::Canceled),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every caller is a chain of options that this ends")]
fn copying(stats: &CopyStats, result: ScanResult) -> Option<Copying> {
    let end = stats.end.filter(|_| result != ScanResult::Running);
    Some(Copying { result, vdev: stats.vdev, end, total: stats.total, done: stats.done })
}

fn checkpoint(tree: &List<'_>, notes: &mut Notes) -> Option<Checkpoint> {
    let stats = CheckpointStats::read(tree.words("checkpoint_stats")?);
    notes.layout("checkpoint_stats", stats.fit);
    let there = stats.state? != 0;
    there.then_some(Checkpoint { taken: stats.start, space: stats.space })
}

/// What could not be read, collected on the way.
#[derive(Default)]
struct Notes {
    problems: Vec<String>,
    foreign: Vec<ForeignLayout>,
}

impl Notes {
    /// A damaged reply can hold one problem for every vdev; a person needs the first few.
    const MAX: usize = 32;

    fn problem(&mut self, what: impl Into<String>) {
        if self.problems.len() < Self::MAX {
            self.problems.push(what.into());
        }
    }

    /// Remembers an array of foreign length, once for each length.
    fn layout(&mut self, array: &'static str, fit: Fit) {
        let Fit::Foreign(words) = fit else { return };
        let foreign = ForeignLayout { array, words };
        if self.foreign.len() < Self::MAX && !self.foreign.contains(&foreign) {
            self.foreign.push(foreign);
        }
    }
}
