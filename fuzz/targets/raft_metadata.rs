//! The small fixed forms of a dqlite node: its metadata files, and the head of a snapshot.

#![no_main]

use gjallarhorn_role_quorum::parse::raft::{METADATA_BYTES, metadata, snapshot};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(metadata)) = metadata(bytes) {
        assert_eq!(bytes.len(), METADATA_BYTES);
        assert_ne!(metadata.version, 0);
    }
    if let Ok(content) = snapshot::content(bytes, 4096) {
        assert_ne!(content, 0);
        // What stands behind the head changes nothing.
        let head = bytes.get(..snapshot::HEAD_BYTES).unwrap_or(bytes);
        assert_eq!(snapshot::content(head, 4096), Ok(content));
    }
});
