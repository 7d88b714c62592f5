//! Why the journal could not do it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A failure to open, read or write the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalFailure {
    /// The disk, the quota or the file system's size limit.
    #[error("the disk is full")]
    Full,
    /// A read-only file system or a file we may not write.
    #[error("the journal cannot be written: read-only or not permitted")]
    ReadOnly,
    /// The bytes on the disk are not what was written.
    #[error("the journal is corrupt")]
    Corrupt,
    /// A newer version of this program has written the file.
    #[error("the journal has version {found}, this program knows {known}: start the newer program again")]
    Newer {
        /// Version in the file.
        found: i64,
        /// Newest version this program can read.
        known: usize,
    },
    /// The write has not come back within its deadline: the disk does not answer.
    #[error("the disk does not answer")]
    Blocked,
    /// Another router holds the same state directory.
    #[error("another router is running with the state directory {0}")]
    Taken(PathBuf),
    /// Anything else, in SQLite's words.
    #[error("the journal failed")]
    Other(#[source] rusqlite::Error),
}

impl JournalFailure {
    /// Every word of [`JournalFailure::word`].
    pub const WORDS: &'static [&'static str] = &["full", "readonly", "corrupt", "newer", "blocked", "taken", "other"];

    /// One bounded word, for metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            JournalFailure::Full => "full",
            JournalFailure::ReadOnly => "readonly",
            JournalFailure::Corrupt => "corrupt",
            JournalFailure::Newer { .. } => "newer",
            JournalFailure::Blocked => "blocked",
            JournalFailure::Taken(_) => "taken",
            JournalFailure::Other(_) => "other",
        }
    }
}

impl From<rusqlite::Error> for JournalFailure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => JournalFailure::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => JournalFailure::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalFailure::Corrupt,
            _ => JournalFailure::Other(error),
        }
    }
}
