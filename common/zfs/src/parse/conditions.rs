//! Everything that `zpool status` can complain about, each looked at by itself.
//!
//! `zpool status` prints the first complaint of its list (`check_status` in OpenZFS `lib/libzfs/libzfs_status.c`), so a
//! resilver hides a suspension and a damaged file hides a failed disk. Here none hides another, and what cannot be told
//! is neither true nor false.

use super::layout::VdevStats;
use super::model::{Aux, Condition, Pool, ScanFunction, ScanResult, Suspension, Vdev, VdevKind, VdevState};
use super::truth::any;

mod features;
#[cfg(test)]
mod tests;

/// What of the machine around the pool the complaints depend on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The features the module supports, in their short form (`large_dnode`); `None` if not known.
    pub module_features: Option<&'a [String]>,
    /// The machine's own host id; `None` if not known.
    pub hostid: Option<u64>,
}

/// The truth of every condition: true, false, or not to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions {
    truth: Vec<Option<bool>>,
}

/// Complaints that `zpool status -x` does not count as ill (`status_callback` in OpenZFS `cmd/zpool/zpool_main.c`).
const HARMLESS: &[Condition] = &[
    Condition::VersionOlder,
    Condition::FeaturesDisabled,
    Condition::FeaturesIncompatible,
    Condition::CompatibilityError,
];

/// Complaints that older versions cannot make; not knowing them does not make a pool's health unknown.
const NOT_ALWAYS_KNOWN: &[Condition] = &[Condition::NonnativeAshift, Condition::HostidMismatch];

impl Conditions {
    /// Whether the condition holds; `None` if it cannot be told.
    #[must_use]
    pub fn get(&self, condition: Condition) -> Option<bool> {
        self.truth.get(condition as usize).copied().flatten()
    }

    /// What `zpool status -x` would call healthy; `None` if it cannot be told.
    #[must_use]
    pub fn healthy(&self) -> Option<bool> {
        let counted = || Condition::ALL.iter().filter(|condition| !HARMLESS.contains(condition));
        if counted().any(|condition| self.get(*condition) == Some(true)) {
            return Some(false);
        }
        let known = counted().all(|one| self.get(*one).is_some() || NOT_ALWAYS_KNOWN.contains(one));
        known.then_some(true)
    }
}

/// Looks at every condition.
#[must_use]
pub fn evaluate(pool: &Pool, around: Surroundings<'_>) -> Conditions {
    Conditions { truth: Condition::ALL.iter().map(|condition| holds(*condition, pool, around)).collect() }
}

fn holds(condition: Condition, pool: &Pool, around: Surroundings<'_>) -> Option<bool> {
    match condition {
        Condition::MissingDevice => any_device(pool, |device| Some(unopened_device(device)? && is_missing(device))),
        Condition::CorruptLabel => any_device(pool, |device| Some(unopened_device(device)? && !is_missing(device))),
        Condition::FaultedDevice => any_device(pool, |device| Some(device.state? == VdevState::Faulted)),
        Condition::DeviceErrors => any_device(pool, has_errors),
        Condition::OfflineDevice => any_device(pool, |device| Some(device.state? == VdevState::Offline)),
        Condition::RemovedDevice => any_device(pool, |device| Some(device.state? == VdevState::Removed)),
        Condition::Resilvering => seen(pool, resilvering(pool)),
        Condition::Rebuilding => seen(pool, rebuilding(pool)),
        Condition::ScrubRecommendedAfterRebuild => seen(pool, scrub_recommended(pool)),
        Condition::DataErrors => pool.data_errors.map(|count| count > 0),
        Condition::CorruptPool => unopened(pool, Aux::CorruptData),
        Condition::BadGuidSum => unopened(pool, Aux::BadGuidSum),
        Condition::SuspendedIo => Some(pool.suspended == Some(Suspension::Io)),
        Condition::SuspendedMmp => Some(pool.suspended == Some(Suspension::Multihost)),
        Condition::BadLog => unopened(pool, Aux::BadLog),
        Condition::VersionOlder => features::version_older(pool),
        Condition::VersionNewer => unopened(pool, Aux::VersionNewer),
        Condition::FeaturesDisabled => features::disabled(pool, around.module_features),
        Condition::FeaturesIncompatible => features::incompatible(pool),
        Condition::CompatibilityError => features::compatibility_error(pool),
        Condition::UnsupportedFeature => unopened(pool, Aux::UnsupportedFeature),
        Condition::HostidMismatch => hostid_mismatch(pool, around.hostid),
        Condition::NonnativeAshift => nonnative_ashift(pool),
        Condition::Errata => Some(pool.errata.unwrap_or(0) != 0),
    }
}

/// Whether one of the devices that `zpool status` looks at is so: those of the tree and the caches, not the spares. What
/// happens below a replacement is being repaired already and does not count.
fn any_device(pool: &Pool, so: impl Fn(&VdevStats) -> Option<bool>) -> Option<bool> {
    let root = pool.root.as_ref()?;
    let mut devices = Vec::new();
    root.children.iter().chain(&pool.caches).for_each(|vdev| devices_below(vdev, &mut devices));
    any(devices.into_iter().map(|device| so(device.stats.as_ref()?)))
}

fn devices_below<'p>(vdev: &'p Vdev, found: &mut Vec<&'p Vdev>) {
    match vdev.kind {
        VdevKind::Replacing => {}
        _ if vdev.children.is_empty() => found.push(vdev),
        _ => vdev.children.iter().for_each(|child| devices_below(child, found)),
    }
}

fn unopened_device(device: &VdevStats) -> Option<bool> {
    device.state.map(|state| state == VdevState::CantOpen)
}

/// A device that could not be opened and has another reason was there. Without a reason (seen of the devices of a pool
/// that failed to open at boot) it was not; `zpool status` calls that a corrupt label.
fn is_missing(device: &VdevStats) -> bool {
    matches!(device.aux, None | Some(Aux::OpenFailed))
}

fn has_errors(device: &VdevStats) -> Option<bool> {
    let counted = [device.read_errors, device.write_errors, device.checksum_errors];
    let degraded = device.state.map(|state| state == VdevState::Degraded);
    any(counted.into_iter().map(|count| count.map(|count| count > 0)).chain([degraded]))
}

/// The pool as a whole could not be opened, for this reason.
fn unopened(pool: &Pool, reason: Aux) -> Option<bool> {
    let stats = pool.root.as_ref()?.stats.as_ref()?;
    Some(stats.state? == VdevState::CantOpen && stats.aux == Some(reason))
}

/// A truth that stands at the tree: not to be told without one.
fn seen(pool: &Pool, truth: bool) -> Option<bool> {
    pool.root.as_ref().map(|_| truth)
}

fn resilvering(pool: &Pool) -> bool {
    pool.scan.as_ref().is_some_and(|scan| scan.function == ScanFunction::Resilver && scan.result == ScanResult::Running)
}

fn rebuilding(pool: &Pool) -> bool {
    pool.tops().iter().filter_map(|top| top.rebuild.as_ref()).any(|rebuild| rebuild.result == ScanResult::Running)
}

/// A rebuild copies without checking: it is recommended until a scrub that ended after it. A resilver as the last scan
/// hides whether there was one, and then `zpool` recommends nothing.
fn scrub_recommended(pool: &Pool) -> bool {
    let finished = pool.tops().iter().filter_map(|top| top.rebuild.as_ref());
    let ended =
        finished.filter(|rebuild| rebuild.result == ScanResult::Finished).filter_map(|rebuild| rebuild.end).max();
    let Some(ended) = ended else { return false };
    match &pool.scan {
        None => true,
        Some(scan) => {
            scan.function == ScanFunction::Scrub
                && scan.result == ScanResult::Finished
                && scan.end.is_some_and(|end| end < ended)
        }
    }
}

fn hostid_mismatch(pool: &Pool, own: Option<u64>) -> Option<bool> {
    if unopened(pool, Aux::Active) == Some(true) {
        return Some(true);
    }
    match pool.hostid {
        None | Some(0) => Some(false),
        Some(theirs) => Some(theirs != own? && pool.activity? == 0),
    }
}

/// As `zpool` without the pool's `ashift` property set. Below a replacement it counts, unlike all others.
fn nonnative_ashift(pool: &Pool) -> Option<bool> {
    let root = pool.root.as_ref()?;
    let devices = root.children.iter().chain(&pool.caches).flat_map(Vdev::walk).filter(|vdev| vdev.children.is_empty());
    any(devices.map(|device| {
        let stats = device.stats.as_ref()?;
        Some(stats.configured_ashift? < stats.physical_ashift?)
    }))
}
