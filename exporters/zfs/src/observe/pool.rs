//! What is said of a pool as a whole.

use gjallarhorn_metrics::SnapshotBuilder;
use gjallarhorn_zfs::parse::model::{Aux, Pool, SpareState, Vdev, VdevState};
use gjallarhorn_zfs::parse::redundancy;

use crate::families as f;

pub(super) fn samples(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    if let Some(guid) = pool.guid {
        out.push(&f::POOL_INFO, [name, &guid.to_string()], 1_u64);
    }
    out.push_some(&f::POOL_DATA_ERRORS, [name], pool.data_errors);
    out.push_some(&f::POOL_IMPORTED_TIMESTAMP, [name], pool.imported);
    space(name, pool, out);
    protection(name, pool, out);
    spares(name, pool, out);
}

fn space(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    if let Some((size, used)) = pool.space() {
        out.push(&f::POOL_SIZE_BYTES, [name], size);
        out.push(&f::POOL_ALLOCATED_BYTES, [name], used);
        out.push(&f::POOL_FREE_BYTES, [name], size.saturating_sub(used));
    }
    out.push_some(&f::POOL_FRAGMENTATION_RATIO, [name], pool.fragmentation().map(percent));
    out.push_some(&f::POOL_EXPANDABLE_BYTES, [name], pool.expandable());
    if let Some(checkpoint) = &pool.checkpoint {
        out.push_some(&f::POOL_CHECKPOINT_BYTES, [name], checkpoint.space);
        out.push_some(&f::POOL_CHECKPOINT_CREATED, [name], checkpoint.taken);
    }
}

fn protection(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    if let Some(redundancy) = redundancy::of_pool(pool) {
        out.push(&f::POOL_REDUNDANCY_REMAINING, [name], redundancy.remaining);
        out.push(&f::POOL_REDUNDANCY_DESIGNED, [name], redundancy.designed);
    }
    let damaged = redundancy::damaged(pool);
    // Without a tree there are no devices to be found damaged, which is not the same as none.
    if pool.root.is_some() {
        out.push(&f::POOL_DAMAGED_LEAVES, [name], damaged.len());
    }
    for vdev in damaged {
        let state = vdev.state().unwrap_or(VdevState::Unknown);
        out.push(&f::VDEV_DAMAGED, [name, &vdev.name, disk(vdev), state.word()], 1_u64);
    }
}

fn spares(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    if pool.root.is_none() {
        return;
    }
    for state in SpareState::ALL {
        let count = pool.spares.iter().filter(|spare| spare_state(spare) == Some(*state)).count();
        out.push(&f::POOL_SPARES, [name, state.word()], count);
    }
}

/// As `zpool status` words it: a spare that stands in for another device cannot be opened again, and says why.
fn spare_state(spare: &Vdev) -> Option<SpareState> {
    Some(match (spare.state()?, spare.aux()) {
        (_, Some(Aux::Spared)) => SpareState::InUse,
        (VdevState::Online | VdevState::Degraded, _) => SpareState::Available,
        (VdevState::Faulted, _) => SpareState::Faulted,
        _ => SpareState::Unavailable,
    })
}

/// The short name of a device; a device without a path has only its place in the tree.
pub(super) fn disk(vdev: &Vdev) -> &str {
    vdev.device().unwrap_or_else(|| vdev.name.rsplit('/').next().unwrap_or_default())
}

fn percent(value: u64) -> f64 {
    u32::try_from(value).map_or(1.0, |value| f64::from(value) / 100.0)
}
