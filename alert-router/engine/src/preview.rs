//! One webhook as a phone and a mailbox would show it, without an engine of one's own.

use crate::render::{DiscordMessage, MailMessage};
use crate::time::Timestamp;
use crate::webhook::Webhook;

/// What the first telling of a webhook looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The lock-screen line.
    pub line: String,
    /// The Discord message.
    pub discord: DiscordMessage,
    /// The mail.
    pub mail: MailMessage,
}

/// Renders the first telling of `webhook`, as if it had been accepted from `source` and told at `now`.
///
/// `None` when the webhook would not be told by itself: it has no alert, or only watchdogs.
pub fn preview(_webhook: &Webhook, _source: &str, _now: Timestamp) -> Option<Preview> {
    None
}
