//! The lane of the preview page: keeps what it is told, as a phone, Discord and a mail reader would show it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gjallarhorn_engine::{DiscordMessage, MailMessage, Outcome, Rendered, Send, Severity, Timestamp};

use super::{Told, Transport};
use crate::record::kind_words;
use crate::shared::Shared;

/// Messages kept; the page is for looking, not for the record.
const MOST: usize = 20;
/// Mails kept of each message, newest last.
const MOST_MAILS: usize = 3;
/// Bytes kept of an attached list and of each part of a mail; the whole went to the other targets.
const MOST_TEXT: usize = 16 << 10;

/// One message on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Its id; edits name it.
    pub id: String,
    /// When it was posted.
    pub posted: Timestamp,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// What kind of message it was.
    pub what: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The lock-screen line it rang with; an edit does not ring.
    pub rang: String,
    /// As Discord shows it now.
    pub discord: DiscordMessage,
    /// The mails a recipient would have got.
    pub mails: Vec<MailMessage>,
}

/// What the page shows, newest first.
#[derive(Debug, Default)]
pub struct Gallery {
    cards: Mutex<VecDeque<Card>>,
}

impl Gallery {
    /// The cards, newest first.
    #[must_use]
    pub fn cards(&self) -> Vec<Card> {
        self.cards.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Edits the card `id`; false if it is not there any more.
    fn edit(&self, id: &str, at: Timestamp, discord: DiscordMessage, mail: MailMessage) -> bool {
        let mut cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(card) = cards.iter_mut().find(|card| card.id == id) else { return false };
        card.edited = Some(at);
        card.discord = discord;
        card.mails.push(mail);
        let over = card.mails.len().saturating_sub(MOST_MAILS);
        card.mails.drain(..over);
        true
    }

    fn post(&self, card: Card) {
        let mut cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        cards.push_front(card);
        cards.truncate(MOST);
    }
}

fn shorten(discord: &mut DiscordMessage, mail: &mut MailMessage) {
    let list = discord.attachment.iter_mut().map(|file| &mut file.text);
    list.chain([&mut mail.text, &mut mail.html]).for_each(cut);
}

/// Lets go of what is beyond [`MOST_TEXT`], at the end of a line: an HTML list is one element a line.
fn cut(text: &mut String) {
    if text.len() > MOST_TEXT {
        let most = text.floor_char_boundary(MOST_TEXT);
        let end = text[..most].rfind('\n').map_or(most, |line| line + 1);
        let rest = text.len() - end;
        text.truncate(end);
        text.push_str(&format!("… and {rest} more bytes"));
        text.shrink_to_fit();
    }
}

/// The transport that hangs cards into the gallery.
#[derive(Debug)]
pub struct Painter {
    /// Where they hang.
    pub gallery: Arc<Gallery>,
    /// The clock.
    pub shared: Arc<Shared>,
}

impl Transport for Painter {
    fn wait(&self, _send: &Send) -> Duration {
        Duration::ZERO
    }

    async fn tell(&mut self, send: &Send, words: Rendered) -> Told {
        let Rendered::Preview { mut discord, mut mail } = words else {
            return Told::plain(Outcome::Refused { reason: "rendered for another medium".into() });
        };
        shorten(&mut discord, &mut mail);
        let at = self.shared.clock.now();
        if let Some(id) = &send.edits {
            let kept = self.gallery.edit(id, at, *discord, *mail);
            let delivered = Outcome::Delivered { remote_id: Some(id.clone()), link: None };
            return Told::plain(if kept { delivered } else { Outcome::MessageGone });
        }
        let id = send.attempt.number.to_string();
        self.gallery.post(Card {
            id: id.clone(),
            posted: at,
            edited: None,
            what: kind_words(send),
            severity: send.severity,
            rang: discord.content.clone(),
            discord: *discord,
            mails: vec![*mail],
        });
        Told::plain(Outcome::Delivered { remote_id: Some(id), link: None })
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_engine::Attachment;

    use super::*;

    #[test]
    fn long_lists_are_let_go_of_at_the_end_of_a_line() {
        let list = "<li>ö</li>\n".repeat(100_000);
        let file = Attachment { name: "alerts.txt".into(), text: list.clone() };
        let mut discord = DiscordMessage { attachment: Some(file), ..DiscordMessage::default() };
        let mut mail = MailMessage { text: list, html: "short".into(), ..MailMessage::default() };
        shorten(&mut discord, &mut mail);
        for text in [discord.attachment.unwrap_or_default().text, mail.text] {
            assert!(text.capacity() < MOST_TEXT + 64 && text.contains("</li>\n… and 11"), "{} bytes", text.len());
        }
        assert_eq!(mail.html, "short");
    }
}
