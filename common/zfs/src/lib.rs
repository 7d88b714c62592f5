//! Reading ZFS: what the kernel says about its pools, as a model that other crates can reason about.
//!
//! Two halves that do not mix:
//!
//! - [`parse`] is pure: bytes in, model out. It knows no file, clock or socket; what depends on the moment (the boot
//!   clock, the list of features the module knows) is an argument. Start at [`parse::model`].
//! - [`source`] fetches the bytes: kernel files below an injected root, and `/dev/zfs` through a child process.
//!
//! This crate knows nothing of metrics, rules or alerts: it says what is, not what it means for a person.

pub mod parse;
pub mod source;
