//! From what was read to samples: pure. A value that is not known is no sample.
//!
//! - [`tally`]: what the sampler counts between two scrapes.
//! - [`stall`]: when a fan is said to stand still.
//! - [`live`], [`slow`]: the samples.

pub mod live;
pub mod slow;
pub mod stall;
pub mod tally;

/// At most this many series in one snapshot; a board has far fewer.
pub const SERIES_LIMIT: usize = 500;
