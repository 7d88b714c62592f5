//! The open file: opening, checking, setting a corrupt one aside, and committing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction};

use super::entry::Entry;
use super::failure::JournalFailure;
use super::{FILE, schema};

/// How long SQLite waits for a reader (`explain`) that holds a lock.
const BUSY: Duration = Duration::from_secs(2);
/// Tables whose damage would lose alerts; checked at each start. They are short, so this takes milliseconds however
/// large the ledger is. Damage in the ledger shows at the first write that meets it.
const VITAL: [&str; 3] = ["event", "checkpoint", "bucket"];

/// The one connection that writes.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the journal in `directory`, makes it if there is none, brings it up to date and checks what is vital.
    ///
    /// # Errors
    /// Any [`JournalFailure`]; the file is left as it was.
    pub fn open(directory: &Path) -> Result<Self, JournalFailure> {
        let path = directory.join(FILE);
        let mut connection = Connection::open(&path)?;
        prepare(&connection)?;
        schema::migrate(&mut connection)?;
        for table in VITAL {
            let found: String =
                connection.query_row(&format!("PRAGMA quick_check('{table}')"), [], |row| row.get(0))?;
            if found != "ok" {
                return Err(JournalFailure::Corrupt);
            }
        }
        Ok(Store { connection, path })
    }

    /// Opens the journal; a corrupt one is renamed and a new one begun, because a router must start.
    /// The second value is where the corrupt file went.
    ///
    /// # Errors
    /// Whatever keeps a new file from being opened.
    pub fn open_or_replace(directory: &Path) -> Result<(Self, Option<PathBuf>), JournalFailure> {
        match Store::open(directory) {
            Ok(store) => Ok((store, None)),
            Err(JournalFailure::Corrupt) => Store::replace(directory),
            Err(other) => Err(other),
        }
    }

    /// Opens a journal that can be read and not written: a full disk, a read-only one.
    ///
    /// # Errors
    /// There is none, it is of another version, or SQLite cannot read it without writing.
    pub fn peek(directory: &Path) -> Result<Self, JournalFailure> {
        let path = directory.join(FILE);
        let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let known = schema::MIGRATIONS.len();
        if usize::try_from(found) != Ok(known) {
            return Err(JournalFailure::Newer { found, known });
        }
        Ok(Store { connection, path })
    }

    /// Renames the journal, whatever is in it, and begins a new one.
    ///
    /// # Errors
    /// Whatever keeps a new file from being opened.
    pub fn replace(directory: &Path) -> Result<(Self, Option<PathBuf>), JournalFailure> {
        let aside = set_aside(directory)?;
        Ok((Store::open(directory)?, Some(aside)))
    }

    /// Writes all of `entries` or none; on return they are on the disk.
    ///
    /// # Errors
    /// Whatever SQLite says; nothing was written then.
    pub fn commit(&mut self, entries: &[Entry]) -> Result<(), JournalFailure> {
        let transaction = self.connection.transaction()?;
        for entry in entries {
            entry.write(&transaction)?;
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn transaction(&mut self) -> Result<Transaction<'_>, JournalFailure> {
        Ok(self.connection.transaction()?)
    }

    /// For the modules beside this one that read or tidy.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// `FULL`: a commit is on the disk when it returns, even if the power goes. The cache is small because the working set
/// is: appends at the end of a few trees.
fn prepare(connection: &Connection) -> Result<(), JournalFailure> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -1024)?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(())
}

/// Renames the file and its companions; an older one that was set aside is replaced, so they cannot fill the disk.
fn set_aside(directory: &Path) -> Result<PathBuf, JournalFailure> {
    let aside = directory.join(format!("{FILE}.corrupt"));
    for companion in ["-wal", "-shm"] {
        let from = directory.join(format!("{FILE}{companion}"));
        if from.exists() {
            rename(&from, &directory.join(format!("{FILE}.corrupt{companion}")))?;
        }
    }
    rename(&directory.join(FILE), &aside)?;
    Ok(aside)
}

fn rename(from: &Path, to: &Path) -> Result<(), JournalFailure> {
    fs::rename(from, to).map_err(|_| JournalFailure::ReadOnly)
}
