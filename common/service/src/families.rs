//! The families by which every program tells how well it sees.

use crate::failure::FailureKind;

/// What a source can be: `ok`, or one of the failures.
pub const STATES: &[&str] =
    &["ok", "absent", "denied", "refused", "timeout", "blocked", "oversized", "malformed", "unsupported", "lost"];

gjallarhorn_metrics::families! {
    /// Version of the running program, value 1.
    pub BUILD_INFO = gauge "gjallarhorn_build_info" None [version];
    /// Whether the role was ever seen on this host and is expected to be there (1) or not (0).
    pub ROLE_EXPECTED = gauge "gjallarhorn_role_expected" None [role];
    /// Whether the role has found what it watches (1) or not (0).
    pub ROLE_ACTIVE = gauge "gjallarhorn_role_active" None [role];
    /// Whether the last attempt to read the source gave data (1) or not (0).
    pub SOURCE_UP = gauge "gjallarhorn_source_up" None [role, source, item];
    /// State of the source after its last attempt, one series for each state, 1 for the current one.
    pub SOURCE_STATE = gauge "gjallarhorn_source_state" None [role, source, item, state: STATES];
    /// When the source last gave data, in seconds since 1970 UTC.
    pub SOURCE_LAST_SUCCESS = gauge "gjallarhorn_source_last_success_timestamp_seconds" Seconds [role, source, item];
    /// How often the source is read in the background; absent for what is read at every scrape.
    pub SOURCE_INTERVAL = gauge "gjallarhorn_source_interval_seconds" Seconds [role, source, item];
    /// How long the last finished attempt took.
    pub SOURCE_DURATION = gauge "gjallarhorn_source_duration_seconds" Seconds [role, source, item];
    /// For how long a running attempt has been stuck beyond its deadline, counted from its start; 0 if none is.
    pub SOURCE_BLOCKED = gauge "gjallarhorn_source_blocked_seconds" Seconds [role, source, item];
    /// Failed attempts by reason.
    pub SOURCE_ERRORS = counter "gjallarhorn_source_errors_total" None
        [role, source, item, reason: FailureKind::WORDS];
    /// Samples left out of the last page: over the role's limit, outside the family's table, or twice.
    pub SERIES_DROPPED = gauge "gjallarhorn_series_dropped" None [role];
    /// Things the source showed in a layout this version does not know, at its last attempt.
    pub UNKNOWN_LAYOUT = gauge "gjallarhorn_unknown_layout" None [role, source];
}
