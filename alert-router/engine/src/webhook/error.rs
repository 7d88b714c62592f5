//! Why bytes are not a webhook, with the offending text made fit for a message and a log.

/// Why bytes are not a webhook. Displayed for the person who must look at the sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Too many bytes.
    #[error("body of {bytes} bytes is larger than {limit}")]
    TooLarge {
        /// How many came.
        bytes: usize,
        /// How many may.
        limit: usize,
    },
    /// A byte that belongs to no character.
    #[error("not UTF-8 at byte {at}: {near}")]
    NotUtf8 {
        /// Where.
        at: usize,
        /// The text before and after, escaped.
        near: String,
    },
    /// Arrays or objects within each other beyond the limit.
    #[error("nested deeper than {limit} at byte {at}: {near}")]
    TooDeep {
        /// How deep it may be.
        limit: usize,
        /// Where.
        at: usize,
        /// The text before and after, escaped.
        near: String,
    },
    /// Not JSON, or cut off.
    #[error("not JSON, {problem}: {near}")]
    NotJson {
        /// What is wrong and where, in the JSON library's words.
        problem: String,
        /// The text before and after, escaped.
        near: String,
    },
    /// JSON, but no webhook: an array, a number, an object without alerts and group key.
    #[error("JSON, but no alerts in it: {near}")]
    NoWebhook {
        /// How the body begins, escaped.
        near: String,
    },
}

/// How many characters of the body an error shows.
const SHOWN: usize = 48;

/// The text around a byte, escaped so that it can stand in a log line.
pub(super) fn near(body: &[u8], at: usize) -> String {
    let from = at.min(body.len()).saturating_sub(SHOWN / 2);
    let to = (from + SHOWN).min(body.len());
    let text = String::from_utf8_lossy(body.get(from..to).unwrap_or_default());
    format!("`{}`", text.escape_debug())
}
