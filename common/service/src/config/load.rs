//! From a file to a typed value, or to one sentence that says what to mend.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::words;
use crate::bounded;
use crate::failure::Failure;

/// Larger files are no configuration.
const LIMIT_BYTES: usize = 1024 * 1024;

/// Why a configuration was refused. `Display` is the whole sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration")]
    Unreadable(#[source] Failure),
    /// The file can be read and is wrong.
    #[error("{file}:{line}: {message}")]
    Wrong {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong and, where it is known, what is right.
        message: String,
    },
}

/// Reads a configuration file of at most 1 MiB; an empty one gives the defaults. Blocks: call it before the event loop
/// starts or on a worker.
///
/// # Errors
/// [`ConfigError`].
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = bounded::read_text(path, LIMIT_BYTES).map_err(ConfigError::Unreadable)?;
    parse(&path.display().to_string(), &text)
}

/// The same from a text; `file` is the name used in messages.
///
/// # Errors
/// [`ConfigError::Wrong`].
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ConfigError> {
    let text = if says_nothing(text) { "{}" } else { text };
    yaml_serde::from_str(text).map_err(|error| ConfigError::Wrong {
        file: file.to_owned(),
        line: error.location().map_or(1, |place| place.line()),
        message: words::explain(&error.to_string()),
    })
}

/// Whether a file holds nothing but comments; YAML would call that a null, which is no mapping.
fn says_nothing(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

#[cfg(test)]
mod tests;
