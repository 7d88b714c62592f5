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
/// Bytes kept of an attached list; the whole of it went to the other targets.
const MOST_LIST: usize = 32 << 10;

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
        shorten(&mut card.discord);
        card.mails.push(mail);
        let over = card.mails.len().saturating_sub(MOST_MAILS);
        card.mails.drain(..over);
        true
    }

    fn post(&self, mut card: Card) {
        shorten(&mut card.discord);
        let mut cards = self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        cards.push_front(card);
        cards.truncate(MOST);
    }
}

fn shorten(message: &mut DiscordMessage) {
    if let Some(file) = message.attachment.as_mut().filter(|file| file.text.len() > MOST_LIST) {
        let end = (0..=MOST_LIST).rev().find(|end| file.text.is_char_boundary(*end)).unwrap_or(0);
        let rest = file.text.len() - end;
        file.text.truncate(end);
        file.text.push_str(&format!("… and {rest} more bytes"));
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
        let Rendered::Preview { discord, mail } = words else {
            return Told::plain(Outcome::Refused { reason: "rendered for another medium".into() });
        };
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
