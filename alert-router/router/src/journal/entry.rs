//! What can be written, one variant per kind of row.

use rusqlite::{Transaction, params};

use super::failure::JournalFailure;

/// Bytes of one part of a checkpoint.
const PART: usize = 256 << 10;

/// One row, or a small set of rows, of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A webhook as it came. `seq` is that of the event it caused.
    Inbox {
        /// Number of the event.
        seq: u64,
        /// The id the sender was given.
        delivery: String,
        /// When it came.
        at_ms: i64,
        /// Which sender, as the path named it.
        source: String,
        /// Whether it could be parsed; if not, the row is the quarantine.
        readable: bool,
        /// The body.
        raw: Vec<u8>,
    },
    /// One event of the engine.
    Event {
        /// Its number: grows by one with each event.
        seq: u64,
        /// When it happened.
        at_ms: i64,
        /// One word.
        kind: &'static str,
        /// How the engine's shell wrote it; empty if the inbox row of the same number says it all.
        body: Vec<u8>,
    },
    /// The engine's whole state after event `seq`. Swallows the log up to there.
    Checkpoint {
        /// The last event it contains.
        seq: u64,
        /// When it was taken.
        at_ms: i64,
        /// The engine's bytes.
        body: Vec<u8>,
    },
    /// One alert of a webhook.
    Alert(AlertRow),
    /// A send that is about to begin.
    Started(AttemptRow),
    /// What became of it.
    Ended(OutcomeRow),
    /// Why the engine did what it did.
    Decision(DecisionRow),
    /// A rate limit that a restart must not forget.
    Bucket {
        /// The webhook's id (not its token).
        webhook: String,
        /// The limiter's word for the route.
        route: &'static str,
        /// Requests left.
        remaining: u32,
        /// Until then.
        until_ms: i64,
    },
}

/// One alert of a webhook, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Number of the webhook's event.
    pub seq: u64,
    /// Its place in the webhook.
    pub n: u32,
    /// When it came.
    pub at_ms: i64,
    /// Alertmanager's fingerprint.
    pub fingerprint: String,
    /// Its `alertname`.
    pub name: String,
    /// The group it belongs to.
    pub group: String,
    /// Firing or resolved.
    pub firing: bool,
    /// `startsAt`.
    pub starts_ms: i64,
}

/// One decision, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The event that caused it.
    pub seq: u64,
    /// Its place among the decisions of that event.
    pub n: u32,
    /// When.
    pub at_ms: i64,
    /// What was decided, in one word.
    pub what: String,
    /// The group it is about, or empty.
    pub group: String,
    /// The target it is about, or empty.
    pub target: String,
    /// Why, in words.
    pub reason: String,
}

/// The beginning of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// Number of the event that began it.
    pub seq: u64,
    /// Where to.
    pub target: String,
    /// The how-manieth try on this target.
    pub number: u64,
    /// The groups it speaks of.
    pub groups: Vec<String>,
    /// New message, edit, mail …, in words.
    pub what: String,
    /// When it began.
    pub at_ms: i64,
}

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// Where to.
    pub target: String,
    /// The how-manieth try on this target.
    pub number: u64,
    /// When it ended.
    pub at_ms: i64,
    /// One word of the outcome.
    pub outcome: &'static str,
    /// Code and words of the other side.
    pub detail: String,
    /// What the other side calls the message.
    pub remote: Option<String>,
}

impl Entry {
    /// Whether the row says that something will not be told any more.
    #[must_use]
    pub fn is_dead_letter(&self) -> bool {
        matches!(self, Entry::Decision(row) if row.what == "DeadLetter")
    }

    /// A rough size in bytes, for bounding what is held in memory while the disk is away.
    #[must_use]
    pub fn weight(&self) -> usize {
        64 + match self {
            Entry::Inbox { raw, .. } => raw.len(),
            Entry::Event { body, .. } | Entry::Checkpoint { body, .. } => body.len(),
            Entry::Decision(row) => row.reason.len(),
            _ => 192,
        }
    }

    /// Writes the row. Writing the same numbered row twice replaces it, so a commit whose answer was lost may be repeated.
    ///
    /// # Errors
    /// Whatever SQLite says; the transaction is then to be given up.
    pub fn write(&self, to: &Transaction<'_>) -> Result<(), JournalFailure> {
        match self {
            Entry::Inbox { seq, delivery, at_ms, source, readable, raw } => to
                .prepare_cached("INSERT OR REPLACE INTO inbox VALUES(?,?,?,?,?,?)")?
                .execute(params![sql(*seq), delivery, at_ms, source, readable, raw])?,
            Entry::Event { seq, at_ms, kind, body } => to
                .prepare_cached("INSERT OR REPLACE INTO event VALUES(?,?,?,?)")?
                .execute(params![sql(*seq), at_ms, kind, body])?,
            Entry::Checkpoint { seq, at_ms, body } => write_checkpoint(to, *seq, *at_ms, body)?,
            Entry::Alert(row) => write_alert(to, row)?,
            Entry::Started(row) => write_attempt(to, row)?,
            Entry::Ended(row) => to
                .prepare_cached(
                    "UPDATE attempt SET ended_ms = ?, outcome = ?, detail = ?, remote = ? WHERE target = ? AND number = ?",
                )?
                .execute(params![row.at_ms, row.outcome, row.detail, row.remote, row.target, sql(row.number)])?,
            Entry::Decision(row) => to
                .prepare_cached("INSERT OR REPLACE INTO decision VALUES(?,?,?,?,?,?,?)")?
                .execute(params![sql(row.seq), row.n, row.at_ms, row.what, row.group, row.target, row.reason])?,
            Entry::Bucket { webhook, route, remaining, until_ms } => to
                .prepare_cached("INSERT OR REPLACE INTO bucket VALUES(?,?,?,?)")?
                .execute(params![webhook, route, remaining, until_ms])?,
        };
        Ok(())
    }
}

/// In parts: SQLite copies a value twice on its way, and in a storm the state is megabytes.
fn write_checkpoint(to: &Transaction<'_>, seq: u64, at_ms: i64, body: &[u8]) -> Result<usize, JournalFailure> {
    to.prepare_cached("DELETE FROM checkpoint")?.execute([])?;
    let mut insert = to.prepare_cached("INSERT INTO checkpoint VALUES(?,?,?,?)")?;
    let parts = body.chunks(PART).chain(body.is_empty().then_some(body));
    for (part, bytes) in (1_i64..).zip(parts) {
        insert.execute(params![part, sql(seq), at_ms, bytes])?;
    }
    Ok(to.prepare_cached("DELETE FROM event WHERE seq <= ?")?.execute([sql(seq)])?)
}

fn write_alert(to: &Transaction<'_>, row: &AlertRow) -> Result<usize, JournalFailure> {
    let AlertRow { seq, n, at_ms, fingerprint, name, group, firing, starts_ms } = row;
    Ok(to.prepare_cached("INSERT OR REPLACE INTO alert VALUES(?,?,?,?,?,?,?,?)")?.execute(params![
        sql(*seq),
        n,
        at_ms,
        fingerprint,
        name,
        group,
        firing,
        starts_ms
    ])?)
}

fn write_attempt(to: &Transaction<'_>, row: &AttemptRow) -> Result<usize, JournalFailure> {
    to.prepare_cached("INSERT OR REPLACE INTO attempt(seq, target, number, what, at_ms) VALUES(?,?,?,?,?)")?
        .execute(params![sql(row.seq), row.target, sql(row.number), row.what, row.at_ms])?;
    let mut told = to.prepare_cached("INSERT OR REPLACE INTO told VALUES(?,?)")?;
    for group in &row.groups {
        told.execute(params![group, sql(row.seq)])?;
    }
    Ok(row.groups.len())
}

/// SQLite's integers are signed; our numbers never reach the sign.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
