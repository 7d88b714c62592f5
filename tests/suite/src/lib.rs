//! What holds between the parts: house rules, the contract of rules and metrics, and the chain from disk to phone.
//!
//! The library judges (texts and tables in, findings out), so that each check can be shown a planted mistake; the one
//! test binary, `tests/main.rs`, lets it judge this checkout and drives the real programs.
//!
//! - [`house`]: arrows between crates, licences, versions, and what no source file may hold.
//! - [`contract`]: rules against the family tables, alerts against the line on a locked phone.
//! - [`dashboards`]: from their source to Grafana's JSON, and the same contract for them.
//! - [`quorum`]: the states of a real cluster, and what a stop of each node comes to.
//! - [`runbook`]: the commands a person is told to run.
//! - [`webhook`]: what Alertmanager would send. [`trace`]: what strace saw.

pub mod contract;
pub mod dashboards;
pub mod house;
pub mod quorum;
pub mod runbook;
pub mod trace;
pub mod tree;
pub mod webhook;
