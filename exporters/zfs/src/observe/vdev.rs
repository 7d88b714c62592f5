//! What is said of each device and of what is made of devices.

use gjallarhorn_metrics::SnapshotBuilder;
use gjallarhorn_zfs::parse::layout::VdevStats;
use gjallarhorn_zfs::parse::model::{Pool, Vdev};
use gjallarhorn_zfs::parse::redundancy;

use super::pool::disk;
use crate::families as f;

pub(super) fn samples(name: &str, pool: &Pool, out: &mut SnapshotBuilder) {
    for top in pool.tops() {
        protection(name, top, out);
        tree(name, top, "", out);
        space(name, top, out);
    }
    for apart in pool.spares.iter().chain(&pool.caches) {
        one(name, apart, "", out);
    }
    pool.caches.iter().for_each(|cache| space(name, cache, out));
}

fn protection(name: &str, top: &Vdev, out: &mut SnapshotBuilder) {
    let told = redundancy::holds_data(top).then(|| redundancy::of_top(top)).flatten();
    out.push_some(&f::VDEV_REDUNDANCY_REMAINING, [name, &top.name], told.map(|told| told.remaining));
    out.push_some(&f::VDEV_REDUNDANCY_DESIGNED, [name, &top.name], told.map(|told| told.designed));
}

fn space(name: &str, vdev: &Vdev, out: &mut SnapshotBuilder) {
    if let Some((size, used)) = vdev.space() {
        out.push(&f::VDEV_SIZE_BYTES, [name, &vdev.name], size);
        out.push(&f::VDEV_ALLOCATED_BYTES, [name, &vdev.name], used);
    }
}

/// A vdev and everything below it.
fn tree(name: &str, vdev: &Vdev, parent: &str, out: &mut SnapshotBuilder) {
    one(name, vdev, parent, out);
    vdev.children.iter().for_each(|child| tree(name, child, &vdev.name, out));
}

fn one(name: &str, vdev: &Vdev, parent: &str, out: &mut SnapshotBuilder) {
    info(name, vdev, parent, out);
    if let Some(state) = vdev.state() {
        out.push_states(&f::VDEV_STATE, [name, &vdev.name, ""], state.word());
    }
    if let Some(reason) = vdev.aux() {
        out.push(&f::VDEV_AUX, [name, &vdev.name, reason.word()], 1_u64);
    }
    if let Some(stats) = &vdev.stats {
        counters(name, &vdev.name, stats, out);
    }
}

fn info(name: &str, vdev: &Vdev, parent: &str, out: &mut SnapshotBuilder) {
    let guid = vdev.guid.map(|guid| guid.to_string()).unwrap_or_default();
    let labels = [
        name,
        &vdev.name,
        &guid,
        vdev.kind.word(),
        vdev.class.word(),
        vdev.path.as_deref().unwrap_or_default(),
        vdev.phys_path.as_deref().unwrap_or_default(),
        parent,
        if vdev.is_leaf() { disk(vdev) } else { "" },
    ];
    out.push(&f::VDEV_INFO, labels, 1_u64);
}

fn counters(name: &str, vdev: &str, stats: &VdevStats, out: &mut SnapshotBuilder) {
    let errors = [
        ("read", stats.read_errors),
        ("write", stats.write_errors),
        ("checksum", stats.checksum_errors),
        ("dio_verify", stats.dio_verify_errors),
        ("initialize", stats.initialize_errors),
        ("trim", stats.trim_errors),
    ];
    for (kind, count) in errors {
        out.push_some(&f::VDEV_ERRORS, [name, vdev, kind], count);
    }
    out.push_some(&f::VDEV_SLOW_IOS, [name, vdev], stats.slow_ios);
}
