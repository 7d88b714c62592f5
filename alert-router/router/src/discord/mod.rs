//! Discord: payloads, transport, limits.

pub mod breaker;
pub mod heard;
pub mod limiter;
