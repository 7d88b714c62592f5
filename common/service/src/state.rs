//! A small file that remembers something across restarts.
//!
//! It is replaced whole or not at all. What cannot be understood is set aside, never deleted: the program starts
//! afresh, says so, and a person can look.

#![expect(clippy::disallowed_methods, reason = "a shell that writes files; folders are opened to be synced")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::failure::{Failure, FailureKind};

/// Larger files are not ours.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;

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

/// The file's outer form.
#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    version: u32,
    state: T,
}

/// Only the version, whatever the rest looks like.
#[derive(Deserialize)]
struct Version {
    version: u32,
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
        let understood = match bounded::read(&self.path, LIMIT_BYTES) {
            Ok(bytes) => self.understand(&bytes),
            Err(failure) if failure.kind == FailureKind::Absent => return Ok(Loaded::Fresh),
            Err(failure) if failure.kind == FailureKind::Oversized => Err(format!("more than {LIMIT_BYTES} bytes")),
            Err(failure) => return Err(failure),
        };
        understood.map(Loaded::Found).or_else(|why| self.set_aside(why))
    }

    fn understand<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, String> {
        let Version { version } = yaml_serde::from_slice(bytes).map_err(|error| error.to_string())?;
        if version != self.version {
            return Err(format!("layout {version}, this program reads {}", self.version));
        }
        yaml_serde::from_slice(bytes).map(|Envelope { state, .. }| state).map_err(|error| error.to_string())
    }

    fn set_aside<T>(&self, why: String) -> Result<Loaded<T>, Failure> {
        let kept_as = self.beside("unreadable");
        fs::rename(&self.path, &kept_as).map_err(|error| Failure::io("set aside", &self.path, error))?;
        Ok(Loaded::SetAside { kept_as, why })
    }

    /// Replaces the file: written beside it, synced, renamed, the folder synced. Creates the folder if it is missing.
    ///
    /// # Errors
    /// As the system says; the old file is then still whole.
    pub fn store<T: Serialize>(&self, state: &T) -> Result<(), Failure> {
        let envelope = Envelope { version: self.version, state };
        let text = yaml_serde::to_string(&envelope).map_err(|error| {
            Failure::new(FailureKind::Malformed, "store", self.path.display().to_string()).because(error)
        })?;
        self.replace(text.as_bytes()).map_err(|error| Failure::io("store", &self.path, error))
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let new = self.beside("new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        // Without this a power cut may bring the old name back.
        File::open(folder)?.sync_all()
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".");
        name.push(ending);
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, version: u32) -> StateFile {
        StateFile::new(&folder.path().join("deep/er"), "expected.yaml", version)
    }

    #[test]
    fn what_was_stored_is_found_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 1);
        assert_eq!(file.load::<Vec<String>>().unwrap(), Loaded::Fresh);
        let pools = vec!["tank".to_owned(), "pool with space: \"#".to_owned()];
        file.store(&vec!["old"]).unwrap();
        file.store(&pools).unwrap();
        assert_eq!(file.load().unwrap(), Loaded::Found(pools));
        assert_eq!(bounded::list(file.path.parent().unwrap(), 10).unwrap(), ["expected.yaml"]);
    }

    #[test]
    fn what_cannot_be_understood_is_set_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 2);
        file.store(&1).unwrap();
        for (bytes, expected) in [
            (&b"version: 3\nstate: x\n"[..], "layout 3, this program reads 2"),
            (b"version: 2\n", "missing field `state`"),
            (b"\xff\x00", "invalid leading UTF-8 octet"),
            (b"", "missing field `version`"),
        ] {
            std::fs::write(&file.path, bytes).unwrap();
            let Loaded::SetAside { kept_as, why } = file.load::<u32>().unwrap() else { panic!("{bytes:?}") };
            assert!(why.contains(expected), "{why}");
            assert_eq!(bounded::read(&kept_as, 100).unwrap(), bytes);
            assert_eq!(file.load::<u32>().unwrap(), Loaded::Fresh);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_and_the_old_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 1);
        file.store(&1).unwrap();
        // A folder where the new file would go: fails for root too.
        std::fs::create_dir(file.beside("new")).unwrap();
        assert_eq!(file.store(&2).unwrap_err().doing, "store");
        assert_eq!(file.load().unwrap(), Loaded::Found(1));
    }
}
