//! Keeps the file bounded: the oldest bytes go first, never one the engine still needs.
//!
//! Deleted pages are used again by the next rows, so the file stops growing; it is not made smaller.

use rusqlite::params;

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

impl Store {
    /// Takes one small step towards `keep`. True if there is more to do.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn tidy(&mut self, now_ms: i64, keep: &Keep) -> Result<bool, JournalFailure> {
        let checkpoint: i64 =
            self.connection().query_row("SELECT COALESCE((SELECT seq FROM checkpoint), 0)", [], |row| row.get(0))?;
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

    /// Removes the oldest deliveries with their alerts, and the attempts and decisions of the same age.
    fn forget_ledger(&mut self, before_ms: i64, checkpoint: i64, step: i64) -> Result<usize, JournalFailure> {
        let oldest = "(SELECT seq FROM inbox WHERE seq <= ?1 AND at_ms < ?2 ORDER BY seq LIMIT ?3)";
        let transaction = self.transaction()?;
        let mut gone = transaction
            .execute(&format!("DELETE FROM alert WHERE inbox IN {oldest}"), params![checkpoint, before_ms, step])?;
        gone += transaction
            .execute(&format!("DELETE FROM inbox WHERE seq IN {oldest}"), params![checkpoint, before_ms, step])?;
        let kept_from: i64 =
            transaction.query_row("SELECT COALESCE(MIN(at_ms), ?1) FROM inbox", [before_ms], |row| row.get(0))?;
        for (table, time) in [("attempt", "ended_ms"), ("decision", "at_ms")] {
            let sql = format!(
                "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {time} < ?1 AND {time} < ?2 ORDER BY id LIMIT ?3)
                 AND id < (SELECT MAX(id) FROM {table})"
            );
            gone += transaction.execute(&sql, params![before_ms, kept_from, step])?;
        }
        transaction.commit()?;
        Ok(gone)
    }
}
