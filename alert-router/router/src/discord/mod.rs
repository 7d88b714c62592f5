//! Discord: one webhook, its payloads, its limits and its answers.
//!
//! [`address`] reads the webhook's address, [`payload`] turns the engine's message into Discord's JSON through
//! serenity's builders, [`transport`] sends it, [`heard`] reads the answer, [`verdict`] says what it means, and
//! [`limiter`] when the next may leave. serenity's own HTTP side is not used: it throws `Retry-After` away and prints
//! tokens in its errors.

pub mod address;
pub mod breaker;
pub mod heard;
pub mod limiter;
pub mod payload;
pub mod transport;
pub mod verdict;
