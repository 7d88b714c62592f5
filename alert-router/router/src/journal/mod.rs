//! The journal: what must not be forgotten, in one SQLite file with one writer.
//!
//! It holds three things with three lives. The **event log** and its checkpoint rebuild the engine after a crash; they
//! are short, because a checkpoint swallows the log before it. The **inbox** keeps each webhook's bytes as they came.
//! The **ledger** (alerts, attempts, decisions) answers "what happened to this alert" and is what grows; retention
//! bounds it.
//!
//! Start at [`entry`] (what can be written) and [`writer`] (who writes it, and what a full disk means). The journal
//! knows nothing of engines, targets or HTTP: events are bytes to it. Times are milliseconds since 1970 UTC.

pub mod entry;
pub mod failure;
pub mod recall;
pub mod retention;
pub mod schema;
pub mod store;
pub mod writer;

pub use entry::Entry;
pub use failure::JournalFailure;
pub use recall::Recalled;
pub use store::Store;
pub use writer::Writer;

/// The file's name inside the state directory.
pub const FILE: &str = "journal.db";

#[cfg(test)]
mod tests;
