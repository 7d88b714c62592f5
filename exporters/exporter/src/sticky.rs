//! Roles that were seen on this machine once, and are expected since.
//!
//! A pool controller that died takes its pools, its device and its module with it: without a memory a machine that lost
//! everything looks like one that never had anything. Forgetting is a person's decision (remove the file).

use std::collections::BTreeSet;
use std::path::Path;

use gjallarhorn_service::Failure;
use gjallarhorn_service::state::{Loaded, StateFile};
use serde::{Deserialize, Serialize};

/// Layout of the file.
const VERSION: u32 = 1;

/// The content of `roles.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    roles: BTreeSet<String>,
}

/// The memory of one machine.
#[derive(Debug)]
pub(crate) struct Memory {
    file: StateFile,
    seen: Seen,
}

impl Memory {
    /// What is remembered in `folder`. A file that cannot be understood was set aside, and is told.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(crate) fn load(folder: &Path) -> Result<Memory, Failure> {
        let file = StateFile::new(folder, "roles.yaml", VERSION);
        let seen = match file.load()? {
            Loaded::Found(seen) => seen,
            Loaded::Fresh => Seen::default(),
            Loaded::SetAside { kept_as, why } => {
                tracing::warn!(kept_as = %kept_as.display(), why, "the memory of roles could not be understood");
                Seen::default()
            }
        };
        Ok(Memory { file, seen })
    }

    /// A memory of nothing, for when there is none.
    pub(crate) fn none(folder: &Path) -> Memory {
        Memory { file: StateFile::new(folder, "roles.yaml", VERSION), seen: Seen::default() }
    }

    /// Whether the role was ever seen here.
    pub(crate) fn knows(&self, role: &str) -> bool {
        self.seen.roles.contains(role)
    }

    /// Remembers that the role was seen; writes only what is new.
    ///
    /// # Errors
    /// The file cannot be written; the role is known until the program ends.
    pub(crate) fn learn(&mut self, role: &str) -> Result<(), Failure> {
        if self.seen.roles.insert(role.to_owned()) { self.file.store(&self.seen) } else { Ok(()) }
    }
}
