//! The ledger: what happened to an alert, read from the journal and told in words or JSON.
//!
//! Read-only, by a connection of its own: it works beside a running router and without one. Every query follows an
//! index and has a limit, so it stays quick over a million alerts.

mod explain;
mod json;
pub mod times;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::journal::FILE;

pub use explain::{explain, troubles};
pub use json::since;

/// The ledger cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFailure {
    /// There is no journal.
    #[error("there is no journal: {}", .0.display())]
    Absent(PathBuf),
    /// SQLite's words.
    #[error("the journal cannot be read")]
    Unreadable(#[from] rusqlite::Error),
}

fn open(directory: &Path) -> Result<Connection, LedgerFailure> {
    let path = directory.join(FILE);
    if !path.exists() {
        return Err(LedgerFailure::Absent(path));
    }
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    connection.pragma_update(None, "cache_size", -512)?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
