//! Keeps the file bounded: the oldest bytes go first, never one the engine still needs.
//!
//! Deleted pages are used again by the next rows, so the file stops growing; it is not made smaller.

use rusqlite::{Transaction, params};

use super::failure::JournalFailure;
use super::store::Store;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Raw webhooks, in milliseconds.
    pub raw_ms: i64,
    /// The ledger, in milliseconds.
    pub ledger_ms: i64,
    /// The most bytes in use; beyond it the oldest rows go early.
    pub bytes: u64,
}

/// Rows removed at a time, so that a tidy never holds up a commit for long.
const STEP: i64 = 500;
/// Of the rows there are, how many go when the file is too large.
const TOO_LARGE_STEP: i64 = 5_000;
const LEDGER: [&str; 5] = ["told", "attempt", "decision", "alert", "inbox"];

impl Store {
    /// Takes one small step towards `keep`. True if there is more to do.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn tidy(&mut self, now_ms: i64, keep: &Keep) -> Result<bool, JournalFailure> {
        let checkpoint: i64 =
            self.connection()
                .query_row("SELECT COALESCE((SELECT seq FROM checkpoint LIMIT 1), 0)", [], |row| row.get(0))?;
        let raw = self.forget_raw(now_ms.saturating_sub(keep.raw_ms), checkpoint)?;
        let old = self.forget_ledger(now_ms.saturating_sub(keep.ledger_ms), checkpoint, STEP)?;
        let large = match self.bytes_in_use()? > keep.bytes {
            true => self.forget_ledger(i64::MAX, checkpoint, TOO_LARGE_STEP)?,
            false => 0,
        };
        Ok(raw + old + large >= usize::try_from(STEP).unwrap_or(usize::MAX))
    }

    /// Bytes that hold data: the file without its free pages.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn bytes_in_use(&self) -> Result<u64, JournalFailure> {
        let pragma =
            |name: &str| self.connection().query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        let pages = pragma("page_count")? - pragma("freelist_count")?;
        Ok(u64::try_from(pages * pragma("page_size")?).unwrap_or(0))
    }

    fn forget_raw(&self, before_ms: i64, checkpoint: i64) -> Result<usize, JournalFailure> {
        let sql = "UPDATE inbox SET raw = NULL WHERE seq IN (SELECT seq FROM inbox
                   WHERE raw IS NOT NULL AND seq <= ?1 AND at_ms < ?2 ORDER BY seq LIMIT ?3)";
        Ok(self.connection().prepare_cached(sql)?.execute(params![checkpoint, before_ms, STEP])?)
    }

    /// Removes everything that follows from the oldest events: a step of `step` numbers, none newer than `before_ms`.
    fn forget_ledger(&mut self, before_ms: i64, checkpoint: i64, step: i64) -> Result<usize, JournalFailure> {
        let transaction = self.transaction()?;
        let until = expired(&transaction, before_ms, step)?.min(checkpoint);
        let mut gone = 0;
        for table in LEDGER {
            gone += transaction.execute(&format!("DELETE FROM {table} WHERE seq <= ?1"), [until])?;
        }
        transaction.commit()?;
        Ok(gone)
    }
}

/// Of the `step` oldest numbers in the ledger, the newest whose row is older than `before_ms`; 0 if none is.
/// Looks at no more rows than that, however many there are.
fn expired(transaction: &Transaction<'_>, before_ms: i64, step: i64) -> Result<i64, JournalFailure> {
    let mut newest = 0;
    for table in ["inbox", "decision", "attempt"] {
        let sql = format!(
            "SELECT COALESCE(MAX(seq), 0) FROM (SELECT seq, at_ms FROM {table} ORDER BY seq LIMIT ?1) WHERE at_ms < ?2"
        );
        newest = newest.max(transaction.query_row(&sql, [step, before_ms], |row| row.get::<_, i64>(0))?);
    }
    Ok(newest)
}
