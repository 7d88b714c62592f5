//! From what is known to samples, through the family table. Pure; a value that is not known is no sample.

pub(crate) mod cluster;
pub(crate) mod files;
pub(crate) mod peers;
pub(crate) mod store;

/// The most series a page of the role may have: a hundred peers, each with what is told of it.
pub(crate) const SERIES_LIMIT: usize = 20_000;

/// The only store there is to be watched today.
pub(crate) const DQLITE: &str = "dqlite";
