//! Tier 1: the samples of one pool's full report.

use gjallarhorn_metrics::Snapshot;
use gjallarhorn_zfs::parse::conditions::Conditions;
use gjallarhorn_zfs::parse::model::Pool;

use super::{SERIES_LIMIT, conditions, pool, scan, vdev};

/// The samples of a report on the pool `name`, taken at `now` (seconds since 1970), and of the conditions found in it.
/// `before` is the last such snapshot, or an empty one.
#[must_use]
pub fn samples(name: &str, report: &Pool, conditions: &Conditions, now: u64, before: &Snapshot) -> Snapshot {
    let mut out = before.successor(SERIES_LIMIT);
    pool::samples(name, report, &mut out);
    conditions::samples(name, conditions, &mut out);
    scan::samples(name, report, now, &mut out);
    vdev::samples(name, report, &mut out);
    out.finish()
}
