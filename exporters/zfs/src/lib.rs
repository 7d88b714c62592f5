//! The zfs role: what a pool, its disks and its scrubs say, as metrics.
//!
//! - [`families`]: the table of everything it can say. Start here.
//! - [`observe`]: pure, from what was read to samples; a value that is not known is no sample.
//! - [`remember`]: what must outlive a reboot: the pools that should be there, the last completed scrub.
//! - [`role`]: the wiring. On every scrape the kernel files that need no lock (tier 0); in the background the kernel's
//!   full report, asked through a child process that may hang alone (tier 1).
//! - [`exporter`]: what the binary needs to know of the role.
//!
//! How ZFS is read and understood is `gjallarhorn-zfs`; alerts and their words are in `rules/`.

pub mod config;
mod explain;
pub mod exporter;
pub mod families;
pub mod observe;
mod poll;
pub mod remember;
pub mod role;
