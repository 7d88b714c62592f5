//! Every secret this program holds, in memory, and read again when its file changes.
//!
//! The event loop never reads a file, so a rotated token is seen by a refresh on a worker thread ([`Vault::refresh`]),
//! every half minute and at a reload. A file that cannot be read any more leaves the last secret in force: rotation by
//! rename has a moment without a file.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use gjallarhorn_service::failure::Failure;
use gjallarhorn_service::secret::{Environment, Secret, SecretFile, scrub};

/// All of them, by where they stand.
#[derive(Debug, Default)]
pub struct Vault {
    held: RwLock<HashMap<String, (SecretFile, Secret)>>,
}

impl Vault {
    /// Reads every one of `places`.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn open<'a>(
        places: impl Iterator<Item = &'a SecretFile>,
        environment: Environment<'_>,
    ) -> Result<Self, Failure> {
        let mut held = HashMap::new();
        for place in places {
            held.insert(key(place), (place.clone(), place.read(environment)?));
        }
        Ok(Vault { held: RwLock::new(held) })
    }

    /// The secret of a place; `None` if it was not opened.
    #[must_use]
    pub fn get(&self, place: &SecretFile) -> Option<Secret> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(&key(place)).map(|(_, secret)| secret.clone())
    }

    /// Reads all files again; how many secrets have changed. Blocks.
    pub fn refresh(&self, environment: Environment<'_>) -> usize {
        let places: Vec<SecretFile> =
            self.held.read().unwrap_or_else(PoisonError::into_inner).values().map(|(place, _)| place.clone()).collect();
        let mut changed = 0;
        for place in places {
            let Ok(secret) = place.read(environment) else { continue };
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, old)) = held.get_mut(&key(&place)).filter(|(_, old)| *old != secret) {
                *old = secret;
                changed += 1;
            }
        }
        changed
    }

    /// `text` without any secret: the last net before a ledger, a log or a page.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let secrets: Vec<&Secret> = held.values().map(|(_, secret)| secret).collect();
        scrub(text, &secrets)
    }
}

/// Where a secret stands is no secret; its own `Debug` shows the place.
fn key(place: &SecretFile) -> String {
    format!("{place:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_rotated_file_is_seen_and_a_missing_one_forgiven() {
        let directory = tempfile::TempDir::new().expect("a directory");
        let path = directory.path().join("token");
        std::fs::write(&path, "old\n").expect("writes");
        let place = SecretFile::new(path.display().to_string());
        let vault = Vault::open([&place].into_iter(), &nothing).expect("opens");
        std::fs::write(&path, "new\n").expect("writes");
        assert_eq!(vault.refresh(&nothing), 1);
        std::fs::remove_file(&path).expect("removes");
        assert_eq!(vault.refresh(&nothing), 0);
        assert_eq!(vault.get(&place).expect("held").reveal(), "new");
        assert_eq!(vault.scrub("a new day"), "a *** day");
        assert!(!format!("{vault:?}").contains("new"));
    }
}
