//! The zfs role: what a pool, its disks and its scrubs say, as metrics.

pub mod families;
