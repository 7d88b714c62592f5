//! The dashboards: from a source that a person can read to the JSON that Grafana imports, and what must be true of both.
//!
//! - [`source`]: the compact form, `dashboards/source/*.yaml`. Start here.
//! - [`grafana`]: what Grafana wants to be given. [`panel`]: the same for one panel.
//! - [`asked`]: every question in a finished JSON file, with its variables filled in.
//! - [`judge`]: what a finished JSON file owes its user, and every name in it against the family tables.
//!
//! Judged is the JSON and never the source: it is what users import.

pub mod asked;
pub mod grafana;
pub mod judge;
pub mod panel;
pub mod source;
