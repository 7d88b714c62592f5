//! Typed metric families, snapshots and the text exposition format.
//!
//! Start at [`family`]: the one table in which a metric's name, help, type, unit and labels stand. A role declares its
//! table with [`families!`], fills a [`Snapshot`] through typed handles (a wrong number of labels does not compile),
//! and the shell writes any number of snapshots with [`encode`]. [`lint`] says in words what is wrong with a table;
//! [`parse`] reads a page back, strictly, so that a test sees what Prometheus would see.
//!
//! This crate knows no file, clock, socket or environment.

pub mod encode;
pub mod family;
pub mod histogram;
pub mod lint;
pub mod parse;
pub mod snapshot;
pub mod value;

pub use encode::encode;
pub use family::{Allowed, Definition, Family, HistogramFamily, Kind, Label, Unit};
pub use histogram::Cumulative;
pub use snapshot::{Drops, Snapshot, SnapshotBuilder};
pub use value::Value;
