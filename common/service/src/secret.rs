//! What must not be seen: passwords, tokens, webhook addresses.

use std::fmt;
use std::path::Path;

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

    /// Reads the secret, without the white space around it. Read at use, not at start, so that a rotated file is seen.
    /// Blocks: not on the event loop.
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

/// `text` with every occurrence of a secret replaced by `***`: the last net before a log, a ledger or a page.
#[must_use]
pub fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.0.is_empty()) {
        clean = clean.replace(&secret.0, "***");
    }
    clean
}
