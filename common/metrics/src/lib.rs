//! Typed metric families, snapshots and the text exposition format.
//!
//! Start at [`family`]: the one table in which a metric's name, help, type, unit and labels stand. A role declares its
//! table with [`families!`], fills a [`Snapshot`] through typed handles (a wrong number of labels does not compile),
//! and the shell writes any number of snapshots with [`encode`].
//!
//! This crate knows no file, clock, socket or environment.

pub mod encode;
pub mod family;
pub mod snapshot;
pub mod value;

pub use encode::encode;
pub use family::{Allowed, Definition, Family, Kind, Label, Unit};
pub use snapshot::{Snapshot, SnapshotBuilder};
pub use value::Value;
