//! What `/dev/zfs` answers to POOL_STATS: a packed list, its arrays, and everything that is concluded from them.

#![no_main]

use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::reply::Reply;
use gjallarhorn_zfs::parse::{config, redundancy};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let packed = Reply::from_recording(bytes).map_or_else(|_| bytes.to_vec(), |reply| reply.packed);
    let Ok(pool) = config::reply(&packed) else { return };
    let _ = evaluate(&pool, Surroundings::default());
    if let Some(found) = redundancy::of_pool(&pool) {
        assert!(found.remaining <= found.designed, "nothing survives more than it was made for");
    }
});
