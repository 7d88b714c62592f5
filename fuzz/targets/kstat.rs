//! The kernel files of a pool that are read on every scrape.

#![no_main]

use std::time::Duration;

use gjallarhorn_zfs::parse::kstat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = kstat::state(bytes);
    let _ = kstat::syncing(bytes, Duration::from_secs(1_000_000));
});
