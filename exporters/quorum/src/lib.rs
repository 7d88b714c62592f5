//! The quorum role: whether the cluster survives one more failure, and what may be restarted.
//!
//! - [`families`]: the table of everything it can say. Start here.
//! - [`words`]: the words of its labels.
//! - [`model`]: pure, from what is known at one moment to a verdict.
//! - [`parse`]: pure, from bytes to values: wire answers, raft files, MicroK8s' own files and certificates.
//! - [`source`]: fetches those bytes: one kept connection per peer, the raft directory, the backend's files.

pub mod families;
pub mod model;
pub mod parse;
pub mod source;
pub mod words;
