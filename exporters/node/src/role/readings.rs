//! What was read last, and what of it is young enough to be told.

use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::Timestamp;

use crate::observe::{Causes, Seen};
use crate::parse::swaps::Swaps;
use crate::source::kernel::Kernel;
use crate::source::names::Names;
use crate::source::restorers::Finding;
use crate::watch::Watch;

/// The last reading of each source.
#[derive(Default)]
pub(super) struct Readings {
    pub(super) swaps: Option<Reading<Swaps>>,
    pub(super) watch: Watch,
    pub(super) kernel: Option<Reading<Kernel>>,
    pub(super) names: Option<Reading<Names>>,
    pub(super) restorers: Option<Reading<Restorers>>,
}

impl Readings {
    /// Those that are younger than `limit`.
    pub(super) fn view(&self, now: Timestamp, limit: Duration) -> View {
        View {
            swaps: young(&self.swaps, now, limit),
            kernel: young(&self.kernel, now, limit),
            names: young(&self.names, now, limit),
            restorers: young(&self.restorers, now, limit),
            activations: self.watch.activations(),
        }
    }
}

/// What was read, and when.
pub(crate) struct Reading<T> {
    pub(crate) taken: Timestamp,
    pub(crate) value: Arc<T>,
}

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        Reading { taken: self.taken, value: Arc::clone(&self.value) }
    }
}

/// What was found of the restorers.
pub(crate) struct Restorers {
    pub(crate) findings: Vec<Finding>,
    pub(crate) causes: Causes,
}

/// Every reading that is not too old.
#[derive(Clone, Default)]
pub(crate) struct View {
    pub(crate) swaps: Option<Reading<Swaps>>,
    pub(crate) kernel: Option<Reading<Kernel>>,
    pub(crate) names: Option<Reading<Names>>,
    pub(crate) restorers: Option<Reading<Restorers>>,
    pub(crate) activations: Option<u64>,
}

impl View {
    /// The same as the checks want it.
    pub(crate) fn seen(&self, expected_page_size: Option<u64>) -> Seen<'_> {
        let kernel = self.kernel.as_ref().map(|reading| reading.value.as_ref());
        let names = self.names.as_ref().map(|reading| reading.value.as_ref());
        Seen {
            swaps: self.swaps.as_ref().map(|reading| reading.value.as_ref()),
            causes: self.restorers.as_ref().map(|reading| &reading.value.causes),
            hostname: kernel.and_then(|kernel| kernel.hostname.as_deref().ok()),
            etc_hostname: names.and_then(|names| names.file.as_deref().ok()),
            node: names.and_then(|names| names.node.as_ref().ok()?.as_ref()),
            memory_cgroup: kernel.and_then(|kernel| kernel.memory_cgroup.as_ref().ok().copied()),
            page_size: kernel.and_then(|kernel| Some(kernel.auxv.as_ref().ok()?.page_size)),
            expected_page_size,
            is_64bit: kernel.and_then(|kernel| kernel.is_64bit),
            boot_time: kernel.and_then(|kernel| kernel.boot_time.as_ref().ok().copied()),
            machine_id_hash: names.and_then(|names| names.machine_id.as_deref().ok()),
        }
    }
}

/// Something read just now.
pub(super) fn reading<T>(taken: Timestamp, value: T) -> Reading<T> {
    Reading { taken, value: Arc::new(value) }
}

fn young<T>(reading: &Option<Reading<T>>, now: Timestamp, limit: Duration) -> Option<Reading<T>> {
    reading.as_ref().filter(|reading| now.since(reading.taken) < limit).cloned()
}
