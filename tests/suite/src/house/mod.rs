//! House rules as code: each judges a plain model of the workspace and returns its findings as sentences.

pub mod graph;
pub mod licences;
pub mod sources;

pub use graph::{Graph, Package};
