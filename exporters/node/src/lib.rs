//! The node role: whether a host still is what it was set up to be, and who undid it.
//!
//! - [`families`]: the table of everything it can say. Start here.
//! - [`words`]: the checks, the kinds of swap, and who can bring it back.
//!
//! Alerts and their words are in `rules/`.

pub mod config;
mod explain;
pub mod exporter;
pub mod families;
pub mod observe;
pub mod parse;
pub mod restore;
pub mod role;
pub mod source;
#[cfg(test)]
mod testing;
pub mod watch;
pub mod words;
