//! Scrubs and resilvers as the kernel has them now; the last completed ones are remembered (`live`).

use gjallarhorn_metrics::SnapshotBuilder;
use gjallarhorn_zfs::parse::model::{Copying, Pool, Scan, ScanFunction, ScanResult};

use crate::families as f;

#[cfg(test)]
mod tests;

pub(super) fn samples(name: &str, pool: &Pool, now: u64, out: &mut SnapshotBuilder) {
    if pool.root.is_none() {
        return;
    }
    for function in ScanFunction::ALL {
        activity(name, pool, *function, out);
    }
    if let Some(scan) = &pool.scan {
        last(name, scan, out);
        progress(name, scan, now, out);
    }
    copies(name, pool, out);
}

/// Every function has a sample, so that "none is at work" is said and not left out.
fn activity(name: &str, pool: &Pool, function: ScanFunction, out: &mut SnapshotBuilder) {
    let scan = pool.scan.as_ref().filter(|scan| scan.function == function).map(|scan| (scan.result, scan.paused));
    let errors = pool.error_scrub.as_ref().filter(|_| function == ScanFunction::ErrorScrub);
    let told = scan.or(errors.map(|scrub| (scrub.result, scrub.paused)));
    let running = told.is_some_and(|(result, _)| result == ScanResult::Running);
    out.push(&f::SCAN_ACTIVE, [name, function.word()], running);
    out.push(&f::SCAN_PAUSED, [name, function.word()], running && told.is_some_and(|(_, paused)| paused));
}

fn last(name: &str, scan: &Scan, out: &mut SnapshotBuilder) {
    let (function, result) = (scan.function.word(), scan.result.word());
    out.push_some(&f::SCAN_START, [name, function, result], scan.start);
    out.push_some(&f::SCAN_END, [name, function, result], scan.end);
    out.push_some(&f::SCAN_TOTAL_BYTES, [name, function], scan.total);
    out.push_some(&f::SCAN_ISSUED_BYTES, [name, function], scan.issued);
    out.push_some(&f::SCAN_REPAIRED_BYTES, [name, function], scan.repaired);
    out.push_some(&f::SCAN_ERRORS, [name, function], scan.errors);
}

fn progress(name: &str, scan: &Scan, now: u64, out: &mut SnapshotBuilder) {
    if scan.result != ScanResult::Running {
        return;
    }
    let function = scan.function.word();
    let ratio = scan.issued.zip(scan.total).and_then(|(issued, total)| part(issued, total));
    out.push_some(&f::SCAN_PROGRESS_RATIO, [name, function], ratio);
    out.push_some(&f::SCAN_REMAINING_SECONDS, [name, function], remaining(scan, now));
}

/// As `zpool status` reckons it: what is left, at the speed of the present pass without its pauses. Unknown while
/// paused, in the first seconds, and when more was read than there seemed to be.
fn remaining(scan: &Scan, now: u64) -> Option<f64> {
    if scan.paused {
        return None;
    }
    let elapsed = now.checked_sub(scan.pass_start?)?.checked_sub(scan.pass_paused.unwrap_or(0))?;
    let left = scan.total?.checked_sub(scan.issued?)?;
    let issued = scan.pass_issued.filter(|issued| *issued > 0)?;
    (elapsed > 0).then(|| float(left) * float(elapsed) / float(issued))
}

fn copies(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    for top in pool.tops() {
        let here = |copy: &&Copying| copy.vdev.is_some() && copy.vdev == top.id;
        let labels = [name, top.name.as_str()];
        out.push_some(&f::REBUILD_PROGRESS_RATIO, labels, top.rebuild.as_ref().and_then(done));
        out.push_some(&f::EXPANSION_PROGRESS_RATIO, labels, pool.expansion.as_ref().filter(here).and_then(done));
        out.push_some(&f::REMOVAL_PROGRESS_RATIO, labels, pool.removal.as_ref().filter(here).and_then(done));
    }
}

/// How far a copy is that has not ended.
fn done(copy: &Copying) -> Option<f64> {
    if copy.result == ScanResult::Running { part(copy.done?, copy.total?) } else { None }
}

/// Never above 1: what is to be read is an estimate, and more may turn up.
fn part(done: u64, total: u64) -> Option<f64> {
    (total > 0).then(|| (float(done) / float(total)).min(1.0))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio or an estimate; bytes above 2^53 lose less than it is off")]
fn float(number: u64) -> f64 {
    number as f64
}
