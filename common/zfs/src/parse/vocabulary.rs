//! The closed sets of words of the model: states, reasons, classes, conditions.
//!
//! The words become label values, so they are part of the contract with rules and dashboards.

use super::words::words;

words! {
    /// The state of a pool as the lock-less state kstat tells it (`spa_state_to_name` in OpenZFS `spa_misc.c`).
    pub enum PoolState {
        /// All is well.
        Online = "online",
        /// Data is served, with less redundancy than designed.
        Degraded = "degraded",
        /// The pool's own data is damaged, or somebody declared it faulty.
        Faulted = "faulted",
        /// Taken out of use by hand, or not opened.
        Offline = "offline",
        /// The devices were pulled out.
        Removed = "removed",
        /// The pool could not be opened.
        Unavail = "unavail",
        /// Every write waits for ever: too many devices failed while it was in use.
        Suspended = "suspended",
        /// Split off into another pool.
        Split = "split",
        /// Being imported or exported, or it failed to open when the machine started.
        Transitioning = "transitioning",
        /// A word this version does not know.
        Unknown = "unknown",
    }
}

words! {
    /// The state of one vdev (`vdev_state_t` in OpenZFS `sys/fs/zfs.h`).
    pub enum VdevState {
        /// Not initialised, or a number this version does not know.
        Unknown = "unknown",
        /// Not open.
        Closed = "closed",
        /// Taken out of use by hand.
        Offline = "offline",
        /// The device went away.
        Removed = "removed",
        /// The device could not be opened; `zpool status` prints UNAVAIL.
        CantOpen = "cant_open",
        /// Too many errors, or declared faulty.
        Faulted = "faulted",
        /// Works, with a fault below it.
        Degraded = "degraded",
        /// Works.
        Online = "online",
    }
}

words! {
    /// Why a vdev is in its state (`vdev_aux_t` in OpenZFS `sys/fs/zfs.h`).
    pub enum Aux {
        /// The device could not be opened.
        OpenFailed = "open_failed",
        /// The label or the contents are damaged.
        CorruptData = "corrupt_data",
        /// Too few devices are left below this vdev.
        NoReplicas = "no_replicas",
        /// The pool's list of devices does not add up.
        BadGuidSum = "bad_guid_sum",
        /// The device is smaller than the one it stands for.
        TooSmall = "too_small",
        /// A sound label that belongs to something else.
        BadLabel = "bad_label",
        /// Written by a newer version.
        VersionNewer = "version_newer",
        /// Written by a version that is too old.
        VersionOlder = "version_older",
        /// Uses a feature this module does not support.
        UnsupportedFeature = "unsupported_feature",
        /// The spare is in use in another pool.
        Spared = "spared",
        /// Too many errors.
        ErrorsExceeded = "errors_exceeded",
        /// An input or output failed while the pool was in use.
        IoFailure = "io_failure",
        /// The log could not be read.
        BadLog = "bad_log",
        /// Declared faulty from outside.
        External = "external",
        /// Split off into another pool.
        SplitPool = "split_pool",
        /// The sector size does not fit.
        BadAshift = "bad_ashift",
        /// Declared faulty from outside, and kept so over imports.
        ExternalPersist = "external_persist",
        /// In use by another host.
        Active = "active",
        /// Every device below was taken offline.
        ChildrenOffline = "children_offline",
        /// The smallest block of the device is too large.
        AshiftTooBig = "ashift_too_big",
        /// A reason this version does not know.
        Unknown = "unknown",
    }
}

words! {
    /// What a top-level vdev holds.
    pub enum Class {
        /// Data.
        Normal = "normal",
        /// The intent log: synchronous writes that are not yet in the pool.
        Log = "log",
        /// Metadata and small blocks. Losing it loses the pool.
        Special = "special",
        /// Deduplication tables. Losing it loses the pool.
        Dedup = "dedup",
        /// Second-level read cache.
        Cache = "cache",
        /// A hot spare.
        Spare = "spare",
    }
}

words! {
    /// What a hot spare is doing.
    pub enum SpareState {
        /// Ready.
        Available = "avail",
        /// Standing in for a failed device.
        InUse = "inuse",
        /// Declared faulty.
        Faulted = "faulted",
        /// It could not be opened.
        Unavailable = "unavail",
    }
}

words! {
    /// What a scan does (`pool_scan_func_t` in OpenZFS `sys/fs/zfs.h`).
    pub enum ScanFunction {
        /// Reads everything and repairs what does not match its checksum.
        Scrub = "scrub",
        /// Rebuilds devices that missed writes.
        Resilver = "resilver",
        /// Reads again only what was found damaged.
        ErrorScrub = "errorscrub",
    }
}

words! {
    /// How a scan ended, or that it has not (`dsl_scan_state_t` in OpenZFS `sys/fs/zfs.h`).
    pub enum ScanResult {
        /// It is at work.
        Running = "running",
        /// It reached the end.
        Finished = "finished",
        /// It was stopped.
        Canceled = "canceled",
    }
}

words! {
    /// Everything that `zpool status` can complain about, each seen by itself.
    pub enum Condition {
        /// A device could not be opened.
        MissingDevice = "missing_device",
        /// A device's label is damaged or belongs to something else.
        CorruptLabel = "corrupt_label",
        /// A device is faulted.
        FaultedDevice = "faulted_device",
        /// A device counted read, write or checksum errors, or is degraded.
        DeviceErrors = "device_errors",
        /// A device was taken offline by hand.
        OfflineDevice = "offline_device",
        /// A device was pulled out.
        RemovedDevice = "removed_device",
        /// A resilver is at work.
        Resilvering = "resilvering",
        /// A sequential rebuild is at work.
        Rebuilding = "rebuilding",
        /// A sequential rebuild ended and no scrub has checked its result.
        ScrubRecommendedAfterRebuild = "scrub_recommended_after_rebuild",
        /// Files or metadata are damaged beyond repair.
        DataErrors = "data_errors",
        /// The pool's own metadata is damaged.
        CorruptPool = "corrupt_pool",
        /// The list of devices does not add up.
        BadGuidSum = "bad_guid_sum",
        /// Suspended because devices failed.
        SuspendedIo = "suspended_io",
        /// Suspended because multihost protection could not write.
        SuspendedMmp = "suspended_mmp",
        /// The intent log could not be read.
        BadLog = "bad_log",
        /// An old, usable version of the on-disk format.
        VersionOlder = "version_older",
        /// A newer version of the on-disk format.
        VersionNewer = "version_newer",
        /// Features the module knows are not enabled.
        FeaturesDisabled = "features_disabled",
        /// Features are enabled that the `compatibility` property does not name.
        FeaturesIncompatible = "features_incompatible",
        /// The `compatibility` property names a list that cannot be read.
        CompatibilityError = "compatibility_error",
        /// The pool uses a feature the module does not support.
        UnsupportedFeature = "unsupported_feature",
        /// The pool was last used by another host, or is in use by one.
        HostidMismatch = "hostid_mismatch",
        /// A device works with blocks smaller than its own.
        NonnativeAshift = "nonnative_ashift",
        /// The pool carries a known, documented irregularity.
        Errata = "errata",
    }
}
