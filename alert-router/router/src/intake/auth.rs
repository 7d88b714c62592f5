//! Who may come in. Compared in constant time: hashes of equal length, every key looked at.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use gjallarhorn_service::secret::SecretFile;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::config::Intake;
use crate::secrets::Vault;

/// The keys, read from the vault at each use, so that a rotated one is taken.
#[derive(Debug)]
pub struct Keys {
    bearer: Vec<SecretFile>,
    basic: Option<(String, SecretFile)>,
    vault: Arc<Vault>,
}

impl Keys {
    /// The keys of the configuration; the vault must hold them.
    #[must_use]
    pub fn new(intake: &Intake, vault: Arc<Vault>) -> Self {
        let basic = intake.basic.as_ref().map(|basic| (basic.username.clone(), basic.password_file.clone()));
        Keys { bearer: intake.bearer_token_files.clone(), basic, vault }
    }

    /// Whether a browser may be asked for a password.
    #[must_use]
    pub fn wants_basic(&self) -> bool {
        self.basic.is_some()
    }

    /// Whether a request with this `Authorization` header may come in. Without any key everyone may: the configuration
    /// was refused unless only this machine can reach us, or the user insisted.
    #[must_use]
    pub fn admit(&self, authorization: Option<&str>) -> bool {
        if self.bearer.is_empty() && self.basic.is_none() {
            return true;
        }
        let shown = Sha256::digest(authorization.map(normal).unwrap_or_default());
        let mut known = Choice::from(0);
        for wanted in self.wanted() {
            known |= shown.ct_eq(&Sha256::digest(wanted));
        }
        known.into() && authorization.is_some()
    }

    /// Every header that opens the door.
    fn wanted(&self) -> impl Iterator<Item = String> {
        let secret = |place: &SecretFile| self.vault.get(place);
        let bearer = self.bearer.iter().filter_map(secret).map(|token| format!("bearer {}", token.reveal()));
        let basic = self.basic.iter().filter_map(move |(user, place)| {
            let password = self.vault.get(place)?;
            let pair = format!("{user}:{}", password.reveal());
            Some(format!("basic {}", BASE64_STANDARD.encode(pair)))
        });
        bearer.chain(basic)
    }
}

/// The scheme's name may be written in any case (RFC 9110 §11.1); the rest may not.
fn normal(header: &str) -> String {
    match header.split_once(' ') {
        Some((scheme, rest)) => format!("{} {}", scheme.to_ascii_lowercase(), rest.trim_start()),
        None => header.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::config::Basic;

    fn keys(tokens: &[&str], password: Option<&str>) -> (TempDir, Keys) {
        let directory = TempDir::new().expect("a directory");
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).expect("writes");
            SecretFile::new(path.display().to_string())
        };
        let bearer_token_files: Vec<_> = tokens.iter().map(|token| file(token, token)).collect();
        let basic = password.map(|word| Basic { username: "am".into(), password_file: file("password", word) });
        let intake = Intake { bearer_token_files, basic, ..Intake::default() };
        let places = intake.bearer_token_files.iter().chain(intake.basic.iter().map(|basic| &basic.password_file));
        let vault = Vault::open(places, &|_| None).expect("opens");
        (directory, Keys::new(&intake, Arc::new(vault)))
    }

    #[test]
    fn every_token_of_a_rotation_opens_and_no_other() {
        let (_directory, keys) = keys(&["old", "new"], None);
        assert!(keys.admit(Some("Bearer old")) && keys.admit(Some("bearer new")));
        for wrong in
            [None, Some(""), Some("old"), Some("Bearer"), Some("Bearer ol"), Some("Bearer olde"), Some("Basic old")]
        {
            assert!(!keys.admit(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn basic_takes_user_and_password_together() {
        let (_directory, keys) = keys(&[], Some("pass"));
        let header = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        assert!(keys.admit(Some(&header("am:pass"))));
        assert!(!keys.admit(Some(&header("am:"))) && !keys.admit(Some(&header("x:pass"))));
    }

    #[test]
    fn without_keys_everyone_may() {
        let (_directory, keys) = keys(&[], None);
        assert!(keys.admit(None));
    }
}
