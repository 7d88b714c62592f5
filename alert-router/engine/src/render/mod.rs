//! From a decided send to the words a person reads.
//!
//! `story` gathers the facts once, as clean plain text; `discord` and `mail` lay the same story out, each within
//! its medium's limits; `escape` is the only way text becomes markup. The first line is the product: see `line`.

mod digest;
mod discord;
mod escape;
mod html;
mod line;
mod links;
mod list;
mod mail;
mod message;
mod now;
mod story;

use crate::plan::Send;
use crate::policy::{Medium, Mentions, Policy};
use crate::state::State;

pub use message::{Attachment, DiscordMessage, Embed, Field, Importance, Link, MailMessage, Rendered};
pub use now::Trouble;

pub(crate) use now::troubles;

use story::Story;

/// What a send says, gathered but not laid out yet.
#[derive(Clone, Debug)]
pub struct Draft {
    story: Story,
    mentions: Mentions,
}

impl Draft {
    /// Gathers what `send` is to say.
    pub(crate) fn new(state: &State, policy: &Policy, send: &Send) -> Self {
        Self { story: Story::tell(state, policy, send), mentions: discord::mentions(policy, send) }
    }

    /// Lays it out for the medium of the same `send`.
    pub fn lay_out(self, send: &Send) -> Rendered {
        let Self { story, mentions } = self;
        match send.medium {
            Medium::Discord => Rendered::Discord(Box::new(discord::lay_out(&story, mentions, send))),
            Medium::Mail => Rendered::Mail(Box::new(mail::lay_out(&story, send))),
            Medium::Preview => Rendered::Preview {
                discord: Box::new(discord::lay_out(&story, mentions, send)),
                mail: Box::new(mail::lay_out(&story, send)),
            },
        }
    }
}

/// The lock-screen line of a send, as plain text.
pub(crate) fn plain_line(state: &State, policy: &Policy, send: &Send) -> String {
    Story::tell(state, policy, send).line
}
