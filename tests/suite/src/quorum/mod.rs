//! The states of a real dqlite cluster, what the exporter must tell of each, and what a stop of each node really comes to.
//!
//! - [`scene`]: the table of states. Start here.
//! - [`acts`]: how each is brought about. [`told`]: one thing that must be told; [`truths`]: what must be told of each.
//! - [`play`]: plays one, step by step of a [`drill`]. [`ask`]: whether a node may be stopped. [`row`]: one node that was asked
//!   about and stopped. [`report`]: the results as Markdown.
//! - [`runbook`]: the steps of a page, for a test that follows them.

pub mod acts;
pub mod ask;
mod drill;
pub mod play;
pub mod report;
pub mod row;
pub mod runbook;
pub mod scene;
pub mod told;
mod truths;
