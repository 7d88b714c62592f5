//! The quorum role: whether the cluster survives one more failure, and what may be restarted.
//!
//! - [`families`]: the table of everything it can say. Start here. [`words`]: the words of its labels.
//! - [`parse`]: pure, from bytes to values: wire answers, raft files, MicroK8s' own files and certificates.
//! - [`source`]: fetches those bytes: one kept connection per peer, the raft directory, the backend's files.
//! - [`model`]: pure, from what is known at one moment to a verdict; the heart of the role.
//! - [`neighbours`]: the exporters of the other nodes, for what only they can see.
//! - `seen`: what the polls saw last, each with its time; `observe`: from it to samples; `explain`: to words.
//! - `role`: the wiring of the polls. [`exporter`]: what the binary needs to know of the role.
//!
//! It asks and reads, and changes nothing: no request that changes a cluster can be built from this crate.

pub mod answers;
pub mod config;
mod explain;
pub mod exporter;
pub mod families;
mod files;
pub mod model;
pub mod neighbours;
mod observe;
pub mod parse;
pub mod role;
mod seen;
pub mod source;
pub mod words;
