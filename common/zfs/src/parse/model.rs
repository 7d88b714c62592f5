//! What a pool is made of and how it fares, in the kernel's own terms.
//!
//! Everything that may be unknown is an `Option`: an absent value stays absent up to the metric that is then not there.

pub use super::vocabulary::{Aux, Class, Condition, PoolState, ScanFunction, ScanResult, SpareState, VdevState};

use super::layout::VdevStats;

/// A pool as one POOL_STATS reply describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// Its name.
    pub name: Option<String>,
    /// Its identity.
    pub guid: Option<u64>,
    /// `pool_state_t`: 0 is in active use.
    pub activity: Option<u64>,
    /// Version of the on-disk format; 5000 has features.
    pub version: Option<u64>,
    /// Approximate number of permanent data errors.
    pub data_errors: Option<u64>,
    /// Why it is suspended, if it is.
    pub suspended: Option<Suspension>,
    /// Number of the known irregularity it carries; 0 is none.
    pub errata: Option<u64>,
    /// When it was imported, in seconds since 1970.
    pub imported: Option<u64>,
    /// The host that has it, or had it last.
    pub hostid: Option<u64>,
    /// The features it has enabled, in their long form (`org.zfsonlinux:large_dnode`).
    pub features: Option<Vec<String>>,
    /// The `compatibility` property, if it is set.
    pub compatibility: Option<String>,
    /// The root of the tree: its children are the top-level vdevs.
    pub root: Option<Vdev>,
    /// Hot spares.
    pub spares: Vec<Vdev>,
    /// Read caches.
    pub caches: Vec<Vdev>,
    /// The running or last scrub or resilver.
    pub scan: Option<Scan>,
    /// The running or last scrub of known errors.
    pub error_scrub: Option<ErrorScrub>,
    /// The running or last removal of a device.
    pub removal: Option<Copying>,
    /// The running or last expansion of a raidz vdev.
    pub expansion: Option<Copying>,
    /// The checkpoint, if there is one.
    pub checkpoint: Option<Checkpoint>,
    /// What of the reply could not be read, in words.
    pub problems: Vec<String>,
    /// Arrays whose length no known version has.
    pub foreign_layouts: Vec<ForeignLayout>,
}

/// Why a pool is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspension {
    /// Devices failed.
    Io,
    /// Multihost protection could not write its mark.
    Multihost,
}

/// An array that no known version writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignLayout {
    /// The array's name.
    pub array: &'static str,
    /// Its length in words.
    pub words: usize,
}

/// A node of the tree of devices.
#[derive(Clone, Debug, PartialEq)]
pub struct Vdev {
    /// Its place in the tree, as `zpool status` names the parts: `raidz2-0/sda`. Unique in the pool.
    pub name: String,
    /// What it is.
    pub kind: VdevKind,
    /// What the top-level vdev above it (or it itself) holds.
    pub class: Class,
    /// `id` among its siblings.
    pub id: Option<u64>,
    /// Its identity.
    pub guid: Option<u64>,
    /// Where its device was found last.
    pub path: Option<String>,
    /// The path of the slot.
    pub phys_path: Option<String>,
    /// Its counters; absent if the reply has none.
    pub stats: Option<VdevStats>,
    /// It missed writes and has not been brought up to date: a resilver or rebuild of it has begun and not ended.
    pub incomplete: bool,
    /// A sequential rebuild at this top-level vdev, running or over.
    pub rebuild: Option<Copying>,
    /// What it consists of; empty for a leaf.
    pub children: Vec<Vdev>,
}

impl Vdev {
    /// Its state, if the reply has one.
    #[must_use]
    pub fn state(&self) -> Option<VdevState> {
        self.stats.as_ref().and_then(|stats| stats.state)
    }

    /// Why it is in its state, if there is a reason.
    #[must_use]
    pub fn aux(&self) -> Option<Aux> {
        self.stats.as_ref().and_then(|stats| stats.aux)
    }

    /// Whether it can be read and written; `None` if the reply does not say.
    #[must_use]
    pub fn serves(&self) -> Option<bool> {
        self.state().map(|state| matches!(state, VdevState::Online | VdevState::Degraded))
    }

    /// Raw bytes in all and in use; `None` where the kernel does not count them (a device below a top-level vdev).
    #[must_use]
    pub fn space(&self) -> Option<(u64, u64)> {
        let stats = self.stats.as_ref()?;
        Some((stats.space.filter(|space| *space > 0)?, stats.allocated?))
    }

    /// True for a device, false for what is made of devices.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
            && matches!(self.kind, VdevKind::Disk | VdevKind::File | VdevKind::DistributedSpare | VdevKind::Other)
    }

    /// The short name of its device for people: the last part of the path without partition; `None` without a path.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        self.path.as_deref().and_then(|path| path.rsplit('/').next()).filter(|name| !name.is_empty())
    }

    /// It and everything below it, from the top down.
    pub fn walk(&self) -> impl Iterator<Item = &Vdev> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.children.iter().rev());
            Some(next)
        })
    }
}

/// What a vdev is (`vdev_op_type` in OpenZFS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VdevKind {
    /// The root of the tree.
    Root,
    /// A disk or a partition.
    Disk,
    /// A file that stands for a disk.
    File,
    /// Every child holds the same.
    Mirror,
    /// Single, double or triple parity; `None` if the reply does not say.
    Raidz(Option<u64>),
    /// The same, with its spare space spread over all devices.
    Draid(Option<u64>),
    /// The spare space of a draid, seen as a device.
    DistributedSpare,
    /// An old device and the one that takes its place.
    Replacing,
    /// A failed device and the spare that stands in for it.
    Sparing,
    /// A place whose device was removed; its data stand elsewhere.
    Gone,
    /// A top-level vdev that is not there at all.
    Missing,
    /// A kind this version does not know.
    Other,
}

impl VdevKind {
    /// The kernel's word for it, without parity; `gone` and `unknown` are ours.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            VdevKind::Root => "root",
            VdevKind::Disk => "disk",
            VdevKind::File => "file",
            VdevKind::Mirror => "mirror",
            VdevKind::Raidz(_) => "raidz",
            VdevKind::Draid(_) => "draid",
            VdevKind::DistributedSpare => "dspare",
            VdevKind::Replacing => "replacing",
            VdevKind::Sparing => "spare",
            VdevKind::Gone => "gone",
            VdevKind::Missing => "missing",
            VdevKind::Other => "unknown",
        }
    }
}

/// A scrub or resilver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Scrub or resilver.
    pub function: ScanFunction,
    /// Running, finished or canceled.
    pub result: ScanResult,
    /// It is running and waits.
    pub paused: bool,
    /// When it began, in seconds since 1970.
    pub start: Option<u64>,
    /// When it ended.
    pub end: Option<u64>,
    /// Bytes to read, skipped ones left out.
    pub total: Option<u64>,
    /// Bytes read.
    pub issued: Option<u64>,
    /// Bytes repaired or resilvered.
    pub repaired: Option<u64>,
    /// Errors that could not be repaired.
    pub errors: Option<u64>,
    /// When the present pass began, in seconds since 1970.
    pub pass_start: Option<u64>,
    /// Seconds of the present pass spent paused.
    pub pass_paused: Option<u64>,
    /// Bytes read in the present pass.
    pub pass_issued: Option<u64>,
}

/// A scrub of known errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorScrub {
    /// Running, finished or canceled.
    pub result: ScanResult,
    /// It is running and waits.
    pub paused: bool,
    /// When it began, in seconds since 1970.
    pub start: Option<u64>,
    /// When it ended.
    pub end: Option<u64>,
}

/// A rebuild, a removal or an expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying {
    /// Running, finished or canceled.
    pub result: ScanResult,
    /// The `id` of the top-level vdev concerned, where the reply says.
    pub vdev: Option<u64>,
    /// When it ended, in seconds since 1970.
    pub end: Option<u64>,
    /// Bytes in all.
    pub total: Option<u64>,
    /// Bytes done.
    pub done: Option<u64>,
}

/// A checkpoint of the whole pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it was taken, in seconds since 1970.
    pub taken: Option<u64>,
    /// Bytes it holds.
    pub space: Option<u64>,
}

impl Pool {
    /// The top-level vdevs.
    #[must_use]
    pub fn tops(&self) -> &[Vdev] {
        self.root.as_ref().map_or(&[], |root| &root.children)
    }

    /// Whether a scan or a copy is running, paused included.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        let scans = self.scan.iter().map(|scan| scan.result).chain(self.error_scrub.iter().map(|scrub| scrub.result));
        let rebuilds = self.tops().iter().filter_map(|top| top.rebuild.as_ref());
        let copies = self.removal.iter().chain(&self.expansion).chain(rebuilds).map(|copy| copy.result);
        scans.chain(copies).any(|result| result == ScanResult::Running)
    }

    /// Every vdev but the root: the top-level vdevs with what is below them, then spares, then caches.
    pub fn vdevs(&self) -> impl Iterator<Item = &Vdev> {
        self.tops().iter().chain(&self.spares).chain(&self.caches).flat_map(Vdev::walk)
    }

    /// Fragmentation of the free space in percent, as the module itself combines the top-level vdevs that hold data:
    /// weighted by size, and absent if one of them cannot tell (`metaslab_class_fragmentation` in OpenZFS `metaslab.c`).
    #[must_use]
    pub fn fragmentation(&self) -> Option<u64> {
        let mut weighted = 0_u128;
        let mut space = 0_u128;
        for top in self.tops().iter().filter(|top| top.class == Class::Normal && top.kind != VdevKind::Gone) {
            let stats = top.stats.as_ref()?;
            let size = u128::from(stats.space?);
            weighted += u128::from(stats.fragmentation?) * size;
            space += size;
        }
        weighted.checked_div(space).and_then(|percent| u64::try_from(percent).ok())
    }

    /// Raw bytes in all and in use; `None` for a pool that is not open, whose counters are zeros that mean nothing.
    #[must_use]
    pub fn space(&self) -> Option<(u64, u64)> {
        let root = self.root.as_ref().filter(|root| root.serves() == Some(true))?;
        root.space()
    }

    /// Bytes that the devices have and the pool does not use yet; `None` unless every top-level vdev works, because the
    /// kernel subtracts sizes that it does not know of the others.
    #[must_use]
    pub fn expandable(&self) -> Option<u64> {
        let each = self.tops().iter().filter(|top| top.kind != VdevKind::Gone);
        each.map(|top| top.stats.as_ref().filter(|_| top.serves() == Some(true)).and_then(|stats| stats.expandable))
            .try_fold(0_u64, |sum, one| sum.checked_add(one?))
    }
}
