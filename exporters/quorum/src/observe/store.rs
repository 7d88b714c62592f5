//! This node's store: how far its log is, and whether it can go on.

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use super::{DQLITE, SERIES_LIMIT};
use crate::families as f;
use crate::model::input::has_room;
use crate::source::raft::Store;
use crate::words::SegmentState;

/// The samples of a look at the store; `writes` is whether dqlite is expected to hold a segment open.
pub(crate) fn samples(store: &Store, writes: bool, cluster: &str) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    let labels = [cluster, DQLITE];
    let metadata = store.metadata.as_ref().ok().copied().flatten();
    out.push_some(&f::RAFT_TERM, labels, metadata.map(|metadata| metadata.term));
    if let Ok(log) = &store.log {
        out.push(&f::RAFT_LAST_INDEX, labels, log.last_index);
        out.push_some(&f::RAFT_LOG_TERM, labels, log.term);
    }
    out.push_some(&f::RAFT_SNAPSHOT_INDEX, labels, store.snapshot.map(|snapshot| snapshot.index));
    out.push_some(&f::RAFT_SNAPSHOT_TIMESTAMP, labels, store.snapshot_taken.map(|taken| taken.as_secs_f64()));
    for (state, count) in [(SegmentState::Open, store.open_segments), (SegmentState::Closed, store.closed_segments)] {
        out.push(&f::STORE_SEGMENTS, [cluster, DQLITE, state.word()], count);
    }
    out.push(&f::STORE_GAPS, labels, store.gaps);
    out.push(&f::STORE_CORRUPT_FILES, labels, store.quarantined);
    out.push(&f::STORE_BYTES, labels, store.bytes);
    let database = store.database.as_ref().and_then(|database| database.as_ref().ok());
    out.push_some(&f::STORE_DB_BYTES, labels, database.copied());
    space(store, writes, labels, &mut out);
    out.finish()
}

/// A program that ended in good order leaves no segment open, and a spare opens none; then only the room says whether it could
/// write.
fn space(store: &Store, writes: bool, labels: [&str; 2], out: &mut SnapshotBuilder) {
    let space = store.space.as_ref().ok();
    out.push_some(&f::STORE_FREE_BYTES, labels, space.map(|space| space.free));
    out.push_some(&f::STORE_SIZE_BYTES, labels, space.map(|space| space.size));
    let open = !writes || store.open_segments > 0;
    out.push(&f::STORE_WRITABLE, labels, open && has_room(space.map(|space| space.left)));
}
