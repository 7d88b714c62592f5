//! The family table of the zfs role: every name, help, type, unit and label it can say.
//!
//! "No sample" means that the value does not apply or is not known; it is never written as 0. Families marked *(live)*
//! are read on every scrape from kernel files that cannot block, those marked *(remembered)* are facts of the past that
//! outlive restarts. The others come from the kernel's full report, polled in the background: they disappear when that
//! report is older than `stale-after`, and its age is told by
//! `gjallarhorn_source_last_success_timestamp_seconds{role="zfs",source="pool_stats"}`.

use gjallarhorn_metrics::families;
use gjallarhorn_zfs::parse::model::{
    Aux, Class, Condition, PoolState, ScanFunction, ScanResult, SpareState, VdevState,
};

/// What a device counts as an error.
pub const ERROR_TYPES: &[&str] = &["read", "write", "checksum", "dio_verify", "initialize", "trim"];

families! {
    /// 1 if the ZFS module is loaded and the list of pools could be read (live).
    pub UP = gauge "zfs_up" None [];
    /// The loaded ZFS module (live).
    pub MODULE_INFO = gauge "zfs_module_info" None [version];

    /// State of the pool as the kernel tells it without taking a lock (live).
    pub POOL_STATE = gauge "zfs_pool_state" None [pool, state: PoolState::WORDS];
    /// 1 for each pool that should be there: named in the configuration, or seen before and not forgotten (live).
    pub POOL_EXPECTED = gauge "zfs_pool_expected" None [pool];
    /// 1 if an expected pool is present now, 0 if it is not (live).
    pub POOL_IMPORTED = gauge "zfs_pool_imported" None [pool];
    /// How long the transaction group that is being written has been at it, 0 if none is. The only sign of devices that
    /// neither answer nor fail (live).
    pub POOL_TXG_SYNCING_SECONDS = gauge "zfs_pool_txg_syncing_seconds" Seconds [pool];
    /// When this exporter first saw the pool: the guard of a scrub that never ran (remembered).
    pub POOL_FIRST_SEEN = gauge "zfs_pool_first_seen_timestamp_seconds" Seconds [pool];

    /// Identity of the pool.
    pub POOL_INFO = gauge "zfs_pool_info" None [pool, guid];
    /// Each thing `zpool status` can complain about, evaluated by itself: 1 if it holds, 0 if not, no sample if it
    /// cannot be told.
    pub POOL_CONDITION = gauge "zfs_pool_condition" None [pool, condition: Condition::WORDS];
    /// 1 if `zpool status -x` would call the pool healthy.
    pub POOL_HEALTHY = gauge "zfs_pool_healthy" None [pool];
    /// Approximate number of permanent data errors: files, blocks or metadata that cannot be repaired.
    pub POOL_DATA_ERRORS = gauge "zfs_pool_data_errors" None [pool];
    /// Raw size of the pool, parity included.
    pub POOL_SIZE_BYTES = gauge "zfs_pool_size_bytes" Bytes [pool];
    /// Raw space in use.
    pub POOL_ALLOCATED_BYTES = gauge "zfs_pool_allocated_bytes" Bytes [pool];
    /// Raw space not in use.
    pub POOL_FREE_BYTES = gauge "zfs_pool_free_bytes" Bytes [pool];
    /// How broken up the free space is.
    pub POOL_FRAGMENTATION_RATIO = gauge "zfs_pool_fragmentation_ratio" Ratio [pool];
    /// Space that the devices have and the pool does not use yet.
    pub POOL_EXPANDABLE_BYTES = gauge "zfs_pool_expandable_bytes" Bytes [pool];
    /// Space held by the pool's checkpoint; no sample without one.
    pub POOL_CHECKPOINT_BYTES = gauge "zfs_pool_checkpoint_bytes" Bytes [pool];
    /// When the pool's checkpoint was taken; no sample without one.
    pub POOL_CHECKPOINT_CREATED = gauge "zfs_pool_checkpoint_created_timestamp_seconds" Seconds [pool];
    /// When the pool was imported; error counters start anew then.
    pub POOL_IMPORTED_TIMESTAMP = gauge "zfs_pool_imported_timestamp_seconds" Seconds [pool];
    /// Further disks that can fail before data is lost, at the weakest place of the pool; -1 if data is already out of
    /// reach. Log, cache and spare devices do not count.
    pub POOL_REDUNDANCY_REMAINING = gauge "zfs_pool_redundancy_remaining" None [pool];
    /// Disks that can fail when all is well, at the weakest place of the pool.
    pub POOL_REDUNDANCY_DESIGNED = gauge "zfs_pool_redundancy_designed" None [pool];
    /// Devices that should hold data or log and do not serve it now.
    pub POOL_DAMAGED_LEAVES = gauge "zfs_pool_damaged_leaves" None [pool];
    /// Hot spares, by what they are doing.
    pub POOL_SPARES = gauge "zfs_pool_spares" None [pool, state: SpareState::WORDS];

    /// 1 while the scan is at work, paused included.
    pub SCAN_ACTIVE = gauge "zfs_scan_active" None [pool, function: ScanFunction::WORDS];
    /// 1 while the scan is paused.
    pub SCAN_PAUSED = gauge "zfs_scan_paused" None [pool, function: ScanFunction::WORDS];
    /// When the last scan started.
    pub SCAN_START = gauge "zfs_scan_start_timestamp_seconds" Seconds
        [pool, function: ScanFunction::WORDS, result: ScanResult::WORDS];
    /// When the last scan ended; no sample while it runs.
    pub SCAN_END = gauge "zfs_scan_end_timestamp_seconds" Seconds
        [pool, function: ScanFunction::WORDS, result: ScanResult::WORDS];
    /// Bytes the last scan has to read, skipped ones left out.
    pub SCAN_TOTAL_BYTES = gauge "zfs_scan_total_bytes" Bytes [pool, function: ScanFunction::WORDS];
    /// Bytes the last scan has read.
    pub SCAN_ISSUED_BYTES = gauge "zfs_scan_issued_bytes" Bytes [pool, function: ScanFunction::WORDS];
    /// Bytes the last scan repaired (scrub) or wrote (resilver).
    pub SCAN_REPAIRED_BYTES = gauge "zfs_scan_repaired_bytes" Bytes [pool, function: ScanFunction::WORDS];
    /// Errors the last scan could not repair.
    pub SCAN_ERRORS = gauge "zfs_scan_errors" None [pool, function: ScanFunction::WORDS];
    /// How far the running scan is, by bytes read; no sample when none runs.
    pub SCAN_PROGRESS_RATIO = gauge "zfs_scan_progress_ratio" Ratio [pool, function: ScanFunction::WORDS];
    /// Time until the running scan ends at its speed so far; no sample when none runs, it is paused, or the speed is
    /// not known.
    pub SCAN_REMAINING_SECONDS = gauge "zfs_scan_remaining_seconds" Seconds [pool, function: ScanFunction::WORDS];

    /// When the last scrub that reached its end did so; kept over resilvers, canceled scrubs and reboots. No sample if
    /// none was ever seen (remembered).
    pub LAST_SCRUB_COMPLETED = gauge "zfs_pool_last_scrub_completed_timestamp_seconds" Seconds [pool];
    /// Errors that scrub could not repair (remembered).
    pub LAST_SCRUB_ERRORS = gauge "zfs_pool_last_scrub_errors" None [pool];
    /// Bytes that scrub repaired (remembered).
    pub LAST_SCRUB_REPAIRED_BYTES = gauge "zfs_pool_last_scrub_repaired_bytes" Bytes [pool];
    /// How long that scrub took (remembered).
    pub LAST_SCRUB_DURATION_SECONDS = gauge "zfs_pool_last_scrub_duration_seconds" Seconds [pool];
    /// When the last resilver or sequential rebuild that reached its end did so (remembered).
    pub LAST_RESILVER_COMPLETED = gauge "zfs_pool_last_resilver_completed_timestamp_seconds" Seconds [pool];

    /// How far a sequential rebuild below this top-level vdev is; no sample when none runs.
    pub REBUILD_PROGRESS_RATIO = gauge "zfs_rebuild_progress_ratio" Ratio [pool, vdev];
    /// How far the expansion of this raidz vdev is; no sample when none runs.
    pub EXPANSION_PROGRESS_RATIO = gauge "zfs_expansion_progress_ratio" Ratio [pool, vdev];
    /// How far the removal of this top-level vdev is; no sample when none runs.
    pub REMOVAL_PROGRESS_RATIO = gauge "zfs_removal_progress_ratio" Ratio [pool, vdev];

    /// What a vdev is. `vdev` is its place in the tree (`raidz2-0/sda`), `disk` the short name of a leaf's device.
    pub VDEV_INFO = gauge "zfs_vdev_info" None
        [pool, vdev, guid, type, class: Class::WORDS, path, phys_path, parent, disk];
    /// State of a vdev.
    pub VDEV_STATE = gauge "zfs_vdev_state" None [pool, vdev, state: VdevState::WORDS];
    /// Why a vdev is in its state; no sample when there is no reason.
    pub VDEV_AUX = gauge "zfs_vdev_aux" None [pool, vdev, reason: Aux::WORDS];
    /// 1 for each device that should hold data or log and does not serve it now: the disk to look at.
    pub VDEV_DAMAGED = gauge "zfs_vdev_damaged" None [pool, vdev, disk, state: VdevState::WORDS];
    /// Errors of a vdev since it was imported or cleared.
    pub VDEV_ERRORS = counter "zfs_vdev_errors_total" None [pool, vdev, type: ERROR_TYPES];
    /// Reads and writes that took longer than `zio_slow_io_ms` (30 s) since import or clear.
    pub VDEV_SLOW_IOS = counter "zfs_vdev_slow_ios_total" None [pool, vdev];
    /// Further disks of this data-bearing top-level vdev that can fail before data is lost; -1 if data is already out
    /// of reach.
    pub VDEV_REDUNDANCY_REMAINING = gauge "zfs_vdev_redundancy_remaining" None [pool, vdev];
    /// Disks of this data-bearing top-level vdev that can fail when all is well.
    pub VDEV_REDUNDANCY_DESIGNED = gauge "zfs_vdev_redundancy_designed" None [pool, vdev];
    /// Raw size of a top-level vdev.
    pub VDEV_SIZE_BYTES = gauge "zfs_vdev_size_bytes" Bytes [pool, vdev];
    /// Raw space in use on a top-level vdev.
    pub VDEV_ALLOCATED_BYTES = gauge "zfs_vdev_allocated_bytes" Bytes [pool, vdev];
}
