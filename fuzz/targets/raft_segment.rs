//! A segment of a dqlite node's log, walked at once and walked on while it grows.

#![no_main]

use gjallarhorn_role_quorum::parse::raft::segment::walk;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (begun, mut whole) = (bytes.get(..bytes.len() / 2).unwrap_or_default(), bytes);
    let Ok(first) = walk(&mut { begun }, None);
    let Ok(further) = walk(&mut whole, Some(first));
    let Ok(at_once) = walk(&mut whole, None);
    assert_eq!(
        (further.entries, further.term),
        (at_once.entries, at_once.term),
        "growing changes nothing that was there"
    );
});
