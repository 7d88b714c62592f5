//! What a test can look at afterwards.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::mentions::Mentions;

/// A file sent along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attached {
    /// Its number in the request (`files[n]`).
    pub id: u64,
    /// Its name.
    pub filename: String,
    /// Its bytes.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// One state of a message: as made, or after an edit.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Time since the peer started.
    pub at: Duration,
    /// The merged payload.
    pub body: Value,
    /// Who it would ring.
    pub mentions: Mentions,
    /// The files it carries.
    pub files: Vec<Attached>,
}

/// A message with all its states.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Discord's id.
    pub id: String,
    /// The webhook that made it.
    pub webhook: String,
    /// Its states, oldest first; never empty.
    pub versions: Vec<Version>,
    /// True once deleted.
    pub deleted: bool,
}

impl Message {
    /// The content it has now.
    #[must_use]
    pub fn content(&self) -> &str {
        self.versions.last().map_or("", Version::content)
    }

    /// The content it was made with: what the lock screen showed.
    #[must_use]
    pub fn first_content(&self) -> &str {
        self.versions.first().map_or("", Version::content)
    }

    /// How often it was edited.
    #[must_use]
    pub fn edits(&self) -> usize {
        self.versions.len().saturating_sub(1)
    }

    /// Whether a phone made a sound: a new message does unless its flags say no; an edit never does.
    #[must_use]
    pub fn rang(&self) -> bool {
        self.versions.first().is_some_and(|first| first.body["flags"].as_u64().unwrap_or(0) & SILENT == 0)
    }

    /// Every text of every state, files included, for searching.
    #[must_use]
    pub fn everything(&self) -> String {
        let mut text = String::new();
        for version in &self.versions {
            collect(&version.body, &mut text);
            version.files.iter().for_each(|file| text.push_str(&String::from_utf8_lossy(&file.content)));
        }
        text
    }
}

/// The flag SUPPRESS_NOTIFICATIONS.
const SILENT: u64 = 1 << 12;

impl Version {
    /// The first text of the message, the only one a lock screen shows.
    #[must_use]
    pub fn content(&self) -> &str {
        self.body["content"].as_str().unwrap_or_default()
    }
}

fn collect(value: &Value, text: &mut String) {
    match value {
        Value::String(one) => {
            text.push_str(one);
            text.push('\n');
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, text)),
        Value::Object(all) => all.values().for_each(|one| collect(one, text)),
        _ => {}
    }
}

/// One request and how it was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// Time since the peer started.
    pub at: Duration,
    /// The method.
    pub method: String,
    /// The path without its token.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// The status answered; `None` when the connection was cut or left open without a word.
    pub status: Option<u16>,
    /// Sent although a limit that had been announced was still in force.
    pub avoidable: bool,
    /// What was wrong with the payload, as `where: what`.
    pub complaints: Vec<String>,
    /// Keys that Discord would have ignored: mostly a slip of the sender.
    pub ignored: Vec<String>,
}

/// The requests, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All requests.
    pub requests: usize,
    /// Answered 429.
    pub throttled: usize,
    /// Sent against an announced limit.
    pub avoidable: usize,
    /// Answered 400 or 413: our fault, never the weather's.
    pub refused: usize,
    /// Requests with keys that Discord ignores.
    pub ignored: usize,
}

impl Tally {
    pub(crate) fn of(requests: &[Request]) -> Self {
        let count = |wanted: &dyn Fn(&Request) -> bool| requests.iter().filter(|request| wanted(request)).count();
        Self {
            requests: requests.len(),
            throttled: count(&|request| request.status == Some(429)),
            avoidable: count(&|request| request.avoidable),
            refused: count(&|request| matches!(request.status, Some(400 | 413))),
            ignored: count(&|request| !request.ignored.is_empty()),
        }
    }
}
