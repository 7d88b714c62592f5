//! What can be written, one variant per kind of row.

use rusqlite::{Transaction, params};

use super::failure::JournalFailure;

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
    Decision {
        /// The event that caused it.
        seq: u64,
        /// When.
        at_ms: i64,
        /// The group it is about, or empty.
        group: String,
        /// The target it is about, or empty.
        target: String,
        /// The reason, in words.
        words: String,
    },
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
    /// Alertmanager's fingerprint.
    pub fingerprint: String,
    /// Its `alertname`.
    pub name: String,
    /// The group it belongs to.
    pub group: String,
    /// Firing or resolved.
    pub firing: bool,
    /// `startsAt`, as the sender wrote it.
    pub starts_at: String,
}

/// The beginning of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// The attempt's number.
    pub id: u64,
    /// Where to.
    pub target: String,
    /// What group it speaks of.
    pub group: String,
    /// New message, edit, mail …, in words.
    pub what: String,
    /// When it began.
    pub at_ms: i64,
}

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// The attempt's number.
    pub id: u64,
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
    /// A rough size in bytes, for bounding what is held in memory while the disk is away.
    #[must_use]
    pub fn weight(&self) -> usize {
        64 + match self {
            Entry::Inbox { raw, .. } => raw.len(),
            Entry::Event { body, .. } | Entry::Checkpoint { body, .. } => body.len(),
            Entry::Decision { words, .. } => words.len(),
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
            Entry::Started(row) => to
                .prepare_cached("INSERT OR REPLACE INTO attempt(id, target, grp, what, started_ms) VALUES(?,?,?,?,?)")?
                .execute(params![sql(row.id), row.target, row.group, row.what, row.at_ms])?,
            Entry::Ended(row) => to
                .prepare_cached("UPDATE attempt SET ended_ms = ?, outcome = ?, detail = ?, remote = ? WHERE id = ?")?
                .execute(params![row.at_ms, row.outcome, row.detail, row.remote, sql(row.id)])?,
            Entry::Decision { seq, at_ms, group, target, words } => to
                .prepare_cached("INSERT INTO decision(seq, at_ms, grp, target, words) VALUES(?,?,?,?,?)")?
                .execute(params![sql(*seq), at_ms, group, target, words])?,
            Entry::Bucket { webhook, route, remaining, until_ms } => to
                .prepare_cached("INSERT OR REPLACE INTO bucket VALUES(?,?,?,?)")?
                .execute(params![webhook, route, remaining, until_ms])?,
        };
        Ok(())
    }
}

fn write_checkpoint(to: &Transaction<'_>, seq: u64, at_ms: i64, body: &[u8]) -> Result<usize, JournalFailure> {
    to.prepare_cached("INSERT OR REPLACE INTO checkpoint VALUES(1,?,?,?)")?.execute(params![sql(seq), at_ms, body])?;
    Ok(to.prepare_cached("DELETE FROM event WHERE seq <= ?")?.execute([sql(seq)])?)
}

fn write_alert(to: &Transaction<'_>, row: &AlertRow) -> Result<usize, JournalFailure> {
    Ok(to
        .prepare_cached("INSERT INTO alert(inbox, fingerprint, name, grp, firing, starts_at) VALUES(?,?,?,?,?,?)")?
        .execute(params![sql(row.seq), row.fingerprint, row.name, row.group, row.firing, row.starts_at])?)
}

/// SQLite's integers are signed; our numbers never reach the sign.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
