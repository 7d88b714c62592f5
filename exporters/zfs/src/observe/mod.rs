//! From what was read to samples. Pure: what is known and the moment in, a snapshot out.
//!
//! One rule holds throughout: a value that is not known is no sample. It is never 0, and never the last value.

pub mod live;
pub mod report;

mod conditions;
mod pool;
mod scan;
mod vdev;

/// At most this many series of one pool; what is beyond it is counted in `gjallarhorn_series_dropped`.
const SERIES_LIMIT: usize = 50_000;
