//! The files of MicroK8s around the log of its dqlite, and the kernel's counts of its services.

#![no_main]

use gjallarhorn_role_quorum::parse::raft::log::Listing;
use gjallarhorn_role_quorum::parse::{cgroup, files, snapd};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = (files::info(text), files::cluster(text), files::number(text), files::snap_version(text));
    let _ = files::storage_dir(text, "/var/snap/microk8s/current");
    let _ = (cgroup::cpu(text), cgroup::waited(text), snapd::channel(text.as_bytes()));
    let listing = Listing::of(text.lines());
    let _ = (listing.snapshot(), listing.settled(), listing.gaps());
});
