//! The metadata files of a dqlite node.

#![no_main]

use gjallarhorn_role_quorum::parse::raft::{METADATA_BYTES, metadata};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(metadata)) = metadata(bytes) {
        assert_eq!(bytes.len(), METADATA_BYTES);
        assert_ne!(metadata.version, 0);
    }
});
