//! What a sender hears.

use gjallarhorn_service::http::{Answer, HeaderValue, header};
use serde_json::json;

use crate::keeper::Turned;

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// On the disk.
    Accepted,
    /// On the disk, unread; a person is told that it came.
    Unreadable,
    /// Told from memory, because the journal cannot be written.
    Memory,
    /// Not taken.
    Turned(Turned),
}

impl Verdict {
    /// The word for metrics, of [`crate::families::RESULTS`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Unreadable => "unreadable",
            Verdict::Memory => "memory",
            Verdict::Turned(Turned::Away) => "overload",
            Verdict::Turned(Turned::Ending) => "ending",
        }
    }
}

/// The answer to a webhook that was read to its end. Never 429: Alertmanager gives up the flush then.
#[must_use]
pub fn answer(verdict: Verdict, delivery: &str) -> Answer {
    match verdict {
        Verdict::Accepted => Answer::json(200, json!({ "delivery": delivery }).to_string()),
        Verdict::Unreadable => {
            let note = "this could not be read as a webhook; it is kept, and a person is told";
            Answer::json(200, json!({ "delivery": delivery, "note": note }).to_string())
        }
        Verdict::Memory => again(
            json!({ "delivery": delivery, "error": "told from memory, but the journal cannot be written: send it again" }),
        ),
        Verdict::Turned(turned) => again(json!({ "error": turned.to_string() })),
    }
}

/// 503 with a hint; Alertmanager comes again after 0.5 to 60 s whatever it says.
fn again(body: serde_json::Value) -> Answer {
    Answer::json(503, body.to_string()).with(header::RETRY_AFTER, HeaderValue::from_static("5"))
}

/// Wrong or missing credentials; the same words for both.
#[must_use]
pub fn unauthorized(basic: bool) -> Answer {
    let scheme = if basic { "Basic realm=\"gjallarhorn\"" } else { "Bearer" };
    Answer::text(401, "a valid token or password is needed\n")
        .with(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme))
}

/// A path below the door that names no sender.
#[must_use]
pub fn unknown_sender() -> Answer {
    Answer::text(404, "a sender's name may hold letters, digits, `-` and `_`, at most 64: /v1/alertmanager/NAME\n")
}
