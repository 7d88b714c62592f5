//! The engine through its public face: scenarios, golden lines, limits under hostile input, a model that crashes.
#![expect(clippy::unwrap_used, reason = "a test may end where its world is not as it was built")]

mod golden;
mod late;
mod limits;
mod model;
mod own;
mod push;
mod retries;
mod support;
mod truth;
