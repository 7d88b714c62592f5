//! The tables, as a list of migrations; a file's `user_version` is the number of those it has been through.

use rusqlite::Connection;

use super::failure::JournalFailure;

/// Each migration runs once, in one transaction with its version number. Never edit one that was released: append.
pub const MIGRATIONS: &[&str] = &[FIRST];

/// `event` and `checkpoint` rebuild the engine; `bucket` carries announced rate limits over a restart; the others are
/// the ledger, numbered by the event they follow from, so that a replay writes the same rows over themselves. Texts
/// that repeat in every row (targets, groups) are kept as they are: a person may read the file with any tool.
const FIRST: &str = "
CREATE TABLE event(
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE checkpoint(
    part INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE bucket(
    webhook TEXT NOT NULL, route TEXT NOT NULL, remaining INTEGER NOT NULL, until_ms INTEGER NOT NULL,
    PRIMARY KEY(webhook, route)) WITHOUT ROWID;
CREATE TABLE inbox(
    seq INTEGER PRIMARY KEY, delivery TEXT NOT NULL, at_ms INTEGER NOT NULL, source TEXT NOT NULL,
    readable INTEGER NOT NULL, raw BLOB);
CREATE INDEX inbox_delivery ON inbox(delivery);
CREATE INDEX inbox_raw ON inbox(seq) WHERE raw IS NOT NULL;
CREATE TABLE alert(
    seq INTEGER NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL, fingerprint TEXT NOT NULL, name TEXT NOT NULL,
    grp TEXT NOT NULL, firing INTEGER NOT NULL, starts_ms INTEGER NOT NULL, PRIMARY KEY(seq, n)) WITHOUT ROWID;
CREATE INDEX alert_fingerprint ON alert(fingerprint);
CREATE INDEX alert_name ON alert(name);
CREATE TABLE decision(
    seq INTEGER NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL, what TEXT NOT NULL, grp TEXT NOT NULL,
    target TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(seq, n)) WITHOUT ROWID;
CREATE INDEX decision_grp ON decision(grp);
CREATE TABLE attempt(
    seq INTEGER PRIMARY KEY, target TEXT NOT NULL, number INTEGER NOT NULL, what TEXT NOT NULL,
    at_ms INTEGER NOT NULL, ended_ms INTEGER, outcome TEXT, detail TEXT, remote TEXT);
CREATE INDEX attempt_number ON attempt(target, number);
CREATE TABLE told(grp TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(grp, seq)) WITHOUT ROWID;
CREATE INDEX told_seq ON told(seq);
";

/// Brings the file up to this program's version.
///
/// # Errors
/// [`JournalFailure::Newer`] if a newer program has written it; otherwise whatever SQLite says.
pub fn migrate(connection: &mut Connection) -> Result<(), JournalFailure> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done > MIGRATIONS.len() {
        return Err(JournalFailure::Newer { found, known: MIGRATIONS.len() });
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    Ok(())
}
