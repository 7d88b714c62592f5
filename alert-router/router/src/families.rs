//! The router's metric families: the only place in which their names exist.

use crate::journal::JournalFailure;

/// What became of a webhook.
pub const RESULTS: &[&str] =
    &["accepted", "memory", "unreadable", "too_large", "unauthorized", "overload", "ending", "unknown_sender"];
/// How an attempt ended.
pub const OUTCOMES: &[&str] = &["delivered", "refused", "retry", "gone", "message_gone", "ambiguous", "interrupted"];
/// Whose limit was hit. `none`: a 429 that did not say.
pub const SCOPES: &[&str] = &["user", "global", "shared", "none"];

gjallarhorn_metrics::families! {
    /// Webhooks received, by sender and what became of them.
    pub WEBHOOKS = counter "gjallarhorn_router_webhooks_total" None [source, result: RESULTS];
    /// Time from the last byte of a webhook to its answer, which is after the commit.
    pub ANSWER = histogram "gjallarhorn_router_answer_duration_seconds" Seconds [];
    /// Attempts to tell a target something, by how they ended.
    pub DELIVERIES = counter "gjallarhorn_router_deliveries_total" None [target, outcome: OUTCOMES];
    /// Time from the acceptance of a webhook to the delivery of the message that tells it.
    pub TIME_TO_TOLD = histogram "gjallarhorn_router_time_to_told_seconds" Seconds [target];
    /// Age of the oldest thing that a target has not been told; 0 if there is none.
    pub OLDEST_UNDELIVERED = gauge "gjallarhorn_router_oldest_undelivered_seconds" Seconds [target];
    /// Things that wait to be told to a target.
    pub QUEUE_DEPTH = gauge "gjallarhorn_router_queue_depth" None [target];
    /// Whether the target takes messages (1), or was stopped because it is gone or its secret is wrong (0).
    pub TARGET_UP = gauge "gjallarhorn_router_target_up" None [target];
    /// Failed attempts in a row.
    pub TARGET_FAILURES = gauge "gjallarhorn_router_target_failures" None [target];
    /// When a target was last told something, in seconds since 1970 UTC.
    pub LAST_DELIVERY = gauge "gjallarhorn_router_last_delivery_timestamp_seconds" Seconds [target];
    /// Answers of 429, by whose limit it was.
    pub RATE_LIMITED = counter "gjallarhorn_router_rate_limited_total" None [target, scope: SCOPES];
    /// Messages given up or refused for good since the start; each is in the ledger with its reason.
    pub DEAD_LETTERS = gauge "gjallarhorn_router_dead_letters" None [];
    /// Time since a sender was last heard.
    pub SENDER_AGE = gauge "gjallarhorn_router_sender_age_seconds" Seconds [source];
    /// Whether the journal can be written (1) or alerts live in memory only (0).
    pub JOURNAL_UP = gauge "gjallarhorn_router_journal_up" None [];
    /// Bytes that the journal holds; absent until they were counted.
    pub JOURNAL_SIZE = gauge "gjallarhorn_router_journal_size_bytes" Bytes [];
    /// Time of one commit, with its fsync.
    pub JOURNAL_COMMIT = histogram "gjallarhorn_router_journal_commit_duration_seconds" Seconds [];
    /// Failed commits by reason.
    pub JOURNAL_ERRORS = counter "gjallarhorn_router_journal_errors_total" None [reason: JournalFailure::WORDS];
    /// Pings to the outside, by whether they were answered.
    pub HEARTBEATS = counter "gjallarhorn_router_heartbeats_total" None [result: &["ok", "failed", "withheld"]];
}
