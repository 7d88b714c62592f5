//! What transports are handed: plain structs, every part within its medium's limits and escaped for it.

use serde::Serialize;

use crate::policy::Mentions;
use crate::time::Timestamp;

/// What to hand to the transport.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Rendered {
    /// For a Discord target.
    Discord(Box<DiscordMessage>),
    /// For a mail target.
    Mail(Box<MailMessage>),
    /// For the preview page: both.
    Preview {
        /// As Discord would show it.
        discord: Box<DiscordMessage>,
        /// As a mail reader would show it.
        mail: Box<MailMessage>,
    },
}

/// A Discord message, every part within Discord's limits (counted in UTF-16 units) and escaped.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiscordMessage {
    /// First line: what the phone shows. At most 2000, never empty.
    pub content: String,
    /// The card; `None` for a short message.
    pub embed: Option<Embed>,
    /// Link buttons, at most 5 in one row. Needs `with_components=true`.
    pub links: Vec<Link>,
    /// The only ids that may ring; `allowed_mentions` is `parse: []` plus these. Empty on every edit.
    pub mentions: Mentions,
    /// Flag 4096, SUPPRESS_NOTIFICATIONS; only for new messages.
    pub silent: bool,
    /// The full list, when the message could not hold it.
    pub attachment: Option<Attachment>,
}

/// An embed; all texts together at most 6000.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Embed {
    /// At most 256.
    pub title: String,
    /// At most 4096.
    pub description: String,
    /// 0xRRGGBB.
    pub color: u32,
    /// At most 25.
    pub fields: Vec<Field>,
    /// At most 2048.
    pub footer: String,
    /// When the episode began.
    pub timestamp: Option<Timestamp>,
}

/// One fact of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Field {
    /// At most 256, never empty.
    pub name: String,
    /// At most 1024, never empty.
    pub value: String,
    /// Whether it may stand beside others.
    pub inline: bool,
}

/// A link button.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// At most 80.
    pub label: String,
    /// http or https, at most 512.
    pub url: String,
}

/// A text file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// `alerts.txt`.
    pub name: String,
    /// UTF-8, at most 1 MiB.
    pub text: String,
}

/// A mail to one recipient; the transport adds addresses, date and the host part of the ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MailMessage {
    /// One line without controls, the same for all mails of an episode.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part: the same facts in the same order.
    pub html: String,
    /// Unique to what is told, the same for each try: the local part of the Message-ID.
    pub message_id_seed: String,
    /// The local parts of the mails this one answers, root first; empty for the first of a thread.
    pub references_seed: Vec<String>,
    /// How urgent.
    pub importance: Importance,
}

/// The `Importance` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Importance {
    /// Critical.
    High,
    /// Warnings and ends.
    #[default]
    Normal,
    /// Infos.
    Low,
}
