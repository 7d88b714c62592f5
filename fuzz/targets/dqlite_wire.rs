//! What a peer of a dqlite cluster answers.

#![no_main]

use gjallarhorn_role_quorum::parse::wire::{BODY_LIMIT, HEAD_BYTES, Head, cluster, description, leader};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((head, body)) = bytes.split_first_chunk::<HEAD_BYTES>() else { return };
    let Ok(head) = Head::decode(*head) else { return };
    assert!(head.body_bytes <= BODY_LIMIT, "no peer decides how much memory is taken");
    if let Ok(Some(leader)) = leader(head, body) {
        assert_ne!(leader.id, 0, "nobody has the id 0");
    }
    let _ = (cluster(head, body), description(head, body));
});
