//! What rules, metrics and phone lines owe to each other.
//!
//! [`rules`] and [`proofs`] read the rule files and their promtool tests, [`query`] takes PromQL apart, [`vocabulary`]
//! knows every family that may be named, [`line`] what a lock screen can show, [`golden`] how each alert looks. Each returns findings as sentences.

pub mod alerts;
pub mod golden;
pub mod line;
pub mod proofs;
pub mod query;
pub mod rules;
pub mod vocabulary;
