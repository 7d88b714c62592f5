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
mod story;

use crate::plan::Send;
use crate::policy::{Medium, Policy};
use crate::state::State;

pub use message::{Attachment, DiscordMessage, Embed, Field, Importance, Link, MailMessage, Rendered};

use story::Story;

/// The words of a send.
pub(crate) fn render(state: &State, policy: &Policy, send: &Send) -> Rendered {
    let story = Story::tell(state, policy, send);
    match send.medium {
        Medium::Discord => Rendered::Discord(Box::new(discord::lay_out(&story, policy, send))),
        Medium::Mail => Rendered::Mail(Box::new(mail::lay_out(&story, send))),
        Medium::Preview => Rendered::Preview {
            discord: Box::new(discord::lay_out(&story, policy, send)),
            mail: Box::new(mail::lay_out(&story, send)),
        },
    }
}

/// The lock-screen line of a send, as plain text.
pub(crate) fn plain_line(state: &State, policy: &Policy, send: &Send) -> String {
    Story::tell(state, policy, send).line
}
