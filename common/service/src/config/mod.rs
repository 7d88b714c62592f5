//! Configuration files: YAML, every key known, every value bounded.
//!
//! A config struct derives `Deserialize` with `#[serde(deny_unknown_fields, default)]`, at every level; [`load`] then
//! turns a mistake into one sentence with file, line, the key and the nearest valid key. Values are typed: [`Span`] for
//! times, [`Size`] for bytes, [`crate::secret::SecretFile`] for what must not be seen.

mod load;
mod units;
mod words;

pub use load::{ConfigError, load, parse};
pub use units::{Size, Span};
