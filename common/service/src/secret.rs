//! What must not be seen: passwords, tokens, webhook addresses.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::bounded;
use crate::failure::{Failure, FailureKind};

/// Longer files hold no secret.
const LIMIT_BYTES: usize = 64 * 1024;

/// Looks a name up in the environment; an argument wherever it is used, [`environment`] in `main`.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one reader of the environment, for main to hand on")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A secret in memory. `Debug` and `Display` show `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Secret {
        Secret(secret.into())
    }

    /// The secret itself: only for the one who sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// Where a secret stands, as a configuration names it: a path, a path that begins with `${CREDENTIALS_DIRECTORY}/`
/// (systemd's credentials), or `env:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretFile(String);

impl SecretFile {
    /// A place by its name.
    #[must_use]
    pub fn new(place: impl Into<String>) -> SecretFile {
        SecretFile(place.into())
    }

    /// Reads the secret, without the white space around it. Blocks: not on the event loop. [`Rotating`] reads it again
    /// when it was replaced.
    ///
    /// # Errors
    /// `absent`: no such file or variable; `malformed`: empty, or not UTF-8; else as [`bounded::read_text`].
    pub fn read(&self, environment: Environment<'_>) -> Result<Secret, Failure> {
        let text = if let Some(name) = self.0.strip_prefix("env:") {
            environment(name).ok_or_else(|| self.failed(FailureKind::Absent, "the variable is not set"))?
        } else {
            bounded::read_text(Path::new(&self.path(environment)?), LIMIT_BYTES)?
        };
        match text.trim() {
            "" => Err(self.failed(FailureKind::Malformed, "it is empty")),
            secret => Ok(Secret::new(secret)),
        }
    }

    /// Device, inode and time of change of the file; nothing for a variable or a file that is not there.
    fn stamp(&self, environment: Environment<'_>) -> Stamp {
        let path = if self.0.starts_with("env:") { None } else { self.path(environment).ok() };
        let about = std::fs::metadata(path?).ok()?;
        Some((about.dev(), about.ino(), about.ctime(), about.ctime_nsec()))
    }

    fn path(&self, environment: Environment<'_>) -> Result<String, Failure> {
        const VARIABLE: &str = "CREDENTIALS_DIRECTORY";
        let Some(name) = self.0.strip_prefix("${CREDENTIALS_DIRECTORY}/") else { return Ok(self.0.clone()) };
        let folder =
            environment(VARIABLE).ok_or_else(|| self.failed(FailureKind::Absent, "systemd gives no credentials"))?;
        Ok(format!("{folder}/{name}"))
    }

    fn failed(&self, kind: FailureKind, why: &'static str) -> Failure {
        Failure::new(kind, "read secret", self.0.clone()).because(why)
    }
}

/// A secret that is read again when its file was replaced: Kubernetes and systemd swap a link, people edit in place.
#[derive(Debug)]
pub struct Rotating {
    place: SecretFile,
    // A std mutex: held while the file is read, by threads that may block.
    kept: Mutex<Option<(Stamp, Secret)>>,
}

/// What tells one content of a file from the next.
type Stamp = Option<(u64, u64, i64, i64)>;

impl Rotating {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(place: SecretFile) -> Rotating {
        Rotating { place, kept: Mutex::new(None) }
    }

    /// The secret as it stands now; the file is read only if it is another than before. Blocks: not on the event loop.
    ///
    /// # Errors
    /// As [`SecretFile::read`]; the one before is then forgotten, since it may have been taken back.
    pub fn current(&self, environment: Environment<'_>) -> Result<Secret, Failure> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.place.stamp(environment);
        if let Some((_, secret)) = kept.as_ref().filter(|(known, _)| known.is_some() && *known == stamp) {
            return Ok(secret.clone());
        }
        *kept = None;
        let secret = self.place.read(environment)?;
        *kept = Some((stamp, secret.clone()));
        Ok(secret)
    }
}

/// `text` with every occurrence of a secret replaced by `***`: the last net before a log, a ledger or a page.
#[must_use]
pub fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.0.is_empty()) {
        clean = clean.replace(&secret.0, "***");
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "planted-token-8391";

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_secret_is_read_from_a_file_a_credential_or_a_variable() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), format!("  {TOKEN}\n")).unwrap();
        let credentials = folder.path().display().to_string();
        let environment = |name: &str| match name {
            "CREDENTIALS_DIRECTORY" => Some(credentials.clone()),
            "TOKEN" => Some(TOKEN.to_owned()),
            _ => None,
        };
        for place in [format!("{credentials}/token"), "${CREDENTIALS_DIRECTORY}/token".into(), "env:TOKEN".into()] {
            assert_eq!(SecretFile::new(place).read(&environment).unwrap().reveal(), TOKEN);
        }
    }

    #[test]
    fn what_is_missing_is_told_by_its_place() {
        for (place, expected) in [
            ("env:TOKEN", "read secret env:TOKEN: absent: the variable is not set"),
            (
                "${CREDENTIALS_DIRECTORY}/token",
                "read secret ${CREDENTIALS_DIRECTORY}/token: absent: systemd gives no credentials",
            ),
            ("/dev/null", "read secret /dev/null: malformed: it is empty"),
        ] {
            let failure = SecretFile::new(place).read(&nothing).unwrap_err();
            assert_eq!(crate::failure::chain(&failure), expected);
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        let secret = Secret::new(TOKEN);
        let shown = format!("{secret} {secret:?} {:?}", Some(vec![secret.clone()]));
        assert!(!shown.contains(TOKEN), "{shown}");
        let short = Secret::new("");
        let line = format!("POST https://peer/{TOKEN}/x?{TOKEN}");
        assert_eq!(scrub(&line, &[&short, &secret]), "POST https://peer/***/x?***");
    }

    #[test]
    fn a_replaced_file_is_read_again_and_an_old_secret_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let rotating = Rotating::new(SecretFile::new(path.display().to_string()));
        for secret in ["first", "second"] {
            let new = folder.path().join("new");
            std::fs::write(&new, secret).unwrap();
            std::fs::rename(&new, &path).unwrap();
            assert_eq!(rotating.current(&nothing).unwrap().reveal(), secret);
            assert_eq!(rotating.current(&nothing).unwrap().reveal(), secret);
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(rotating.current(&nothing).unwrap_err().kind, FailureKind::Absent);
    }
}
