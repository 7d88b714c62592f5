//! Tier 0: what the lock-less kernel files say, and what is remembered.

use std::collections::BTreeSet;

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};
use gjallarhorn_zfs::source::machine::PoolFiles;

use super::SERIES_LIMIT;
use crate::families as f;
use crate::remember::{Memory, Past};

/// What a look at the machine gave.
#[derive(Debug)]
pub struct Look<'a> {
    /// Version of the loaded module, if it could be read.
    pub version: Option<&'a str>,
    /// The pools that the kernel knows; `None` if that could not be found out. No module is no pool.
    pub pools: Option<&'a [PoolFiles]>,
    /// The pools that should be there.
    pub expected: &'a BTreeSet<String>,
    /// What is remembered.
    pub memory: &'a Memory,
}

/// The samples of a look.
#[must_use]
pub fn samples(look: &Look<'_>) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    out.push(&f::UP, [], look.version.is_some() && look.pools.is_some());
    if let Some(version) = look.version {
        out.push(&f::MODULE_INFO, [version], 1_u64);
    }
    for pool in look.expected {
        out.push(&f::POOL_EXPECTED, [pool], 1_u64);
    }
    if let Some(pools) = look.pools {
        presence(look.expected, pools, &mut out);
        for files in pools {
            pool(files, look.memory.of(&files.name), &mut out);
        }
    }
    out.finish()
}

fn presence(expected: &BTreeSet<String>, pools: &[PoolFiles], out: &mut SnapshotBuilder) {
    for pool in expected {
        out.push(&f::POOL_IMPORTED, [pool], pools.iter().any(|files| files.name == *pool));
    }
}

fn pool(files: &PoolFiles, past: Option<&Past>, out: &mut SnapshotBuilder) {
    let name = files.name.as_str();
    if let Ok(word) = &files.state {
        out.push_states(&f::POOL_STATE, [name, ""], word.state.word());
    }
    let syncing = files.syncing.as_ref().ok().copied().flatten();
    out.push_some(&f::POOL_TXG_SYNCING_SECONDS, [name], syncing.map(|time| time.as_secs_f64()));
    if let Some(past) = past {
        remembered(name, past, out);
    }
}

fn remembered(name: &str, past: &Past, out: &mut SnapshotBuilder) {
    out.push(&f::POOL_FIRST_SEEN, [name], past.first_seen);
    out.push_some(&f::LAST_RESILVER_COMPLETED, [name], past.resilver);
    if let Some(scrub) = &past.scrub {
        out.push(&f::LAST_SCRUB_COMPLETED, [name], scrub.end);
        out.push_some(&f::LAST_SCRUB_ERRORS, [name], scrub.errors);
        out.push_some(&f::LAST_SCRUB_REPAIRED_BYTES, [name], scrub.repaired);
        let took = scrub.start.and_then(|start| scrub.end.checked_sub(start));
        out.push_some(&f::LAST_SCRUB_DURATION_SECONDS, [name], took);
    }
}
