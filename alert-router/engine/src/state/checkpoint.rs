//! The state as bytes, and back.

use serde::{Deserialize, Serialize};

use super::State;

/// Rises when the state's shape changes in a way that old bytes cannot fill.
const VERSION: u32 = 1;

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The bytes are a checkpoint of another version.
    #[error("checkpoint of version {found}, this engine reads {expected}")]
    Version {
        /// The version of the bytes.
        found: u32,
        /// The version this engine reads.
        expected: u32,
    },
    /// The bytes are no checkpoint, or damaged.
    #[error("damaged checkpoint")]
    Damaged(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    state: &'a State,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct Read {
    state: State,
}

impl State {
    /// Appends the whole state as JSON: a person can look into it.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        // The state's maps have text keys and its numbers are whole, so there is nothing JSON cannot say. Were it not
        // so, half an answer would be refused by `from_bytes` and the journal replayed from its start.
        let _ = serde_json::to_writer(to, &Written { version: VERSION, state: self });
    }

    /// # Errors
    /// When the bytes are not a checkpoint of this version.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        let Version { version } = serde_json::from_slice(bytes)?;
        if version != VERSION {
            return Err(RestoreError::Version { found: version, expected: VERSION });
        }
        let Read { state } = serde_json::from_slice(bytes)?;
        Ok(state)
    }
}
