//! From what was read to samples. Pure: what is known in, a snapshot out.
//!
//! One rule holds throughout: what could not be read is no sample. It is never "conforms", and never "does not".

mod checks;

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

pub use checks::{Seen, evaluate};

use crate::families as f;
use crate::parse::swaps::Swaps;
use crate::restore::{Cause, brought_by};
use crate::words::Check;

#[cfg(test)]
mod tests;

/// At most this many series; what is beyond it is counted in `gjallarhorn_series_dropped`. The kernel takes 32 swap devices.
const SERIES_LIMIT: usize = 1000;

/// The samples of what is seen. `activations` is how often swap was turned on since the start; checks in `ignored` are left
/// out.
#[must_use]
pub fn samples(seen: &Seen<'_>, activations: Option<u64>, ignored: &[Check]) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    for (check, conforms) in evaluate(seen).into_iter().filter(|(check, _)| !ignored.contains(check)) {
        out.push_some(&f::OK, [check.word()], conforms);
    }
    if let Some(swaps) = seen.swaps {
        devices(swaps, seen.causes, &mut out);
    }
    out.push_some(&f::SWAP_ACTIVATIONS, [], activations);
    for cause in seen.causes.iter().flat_map(|causes| &causes.found) {
        out.push(&f::SWAP_RESTORER, [cause.by.word(), cause.brings.device().unwrap_or_default(), &cause.file], 1_u64);
    }
    out.push_some(&f::BOOT_TIMESTAMP, [], seen.boot_time);
    info(seen, &mut out);
    out.finish()
}

/// What the restorers that could be read will do, and whether any could not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// Everything that turns swap on at boot.
    pub found: Vec<Cause>,
    /// Whether every restorer could be looked for.
    pub complete: bool,
}

fn devices(swaps: &Swaps, causes: Option<&Causes>, out: &mut SnapshotBuilder) {
    for device in &swaps.devices {
        let labels = [device.path.as_str(), device.kind.word()];
        out.push(&f::SWAP_SIZE_BYTES, labels, device.size);
        out.push(&f::SWAP_USED_BYTES, labels, device.used);
        let Some(causes) = causes else { continue };
        let by = brought_by(device, causes.found.iter()).map(crate::words::Restorer::word);
        // Nobody who does it was found: that may be said only where everybody was looked for.
        if let Some(by) = by.or(causes.complete.then_some(f::UNKNOWN)) {
            out.push(&f::SWAP_DEVICE_INFO, [labels[0], labels[1], by], 1_u64);
        }
    }
}

fn info(seen: &Seen<'_>, out: &mut SnapshotBuilder) {
    let node = seen.node_name();
    let page_size = seen.page_size.map(|bytes| bytes.to_string());
    let labels = [
        seen.hostname.unwrap_or_default(),
        seen.etc_hostname.unwrap_or_default(),
        node.as_deref().unwrap_or_default(),
        page_size.as_deref().unwrap_or_default(),
        seen.machine_id_hash.unwrap_or_default(),
    ];
    if labels.iter().any(|value| !value.is_empty()) {
        out.push(&f::INFO, labels, 1_u64);
    }
}
