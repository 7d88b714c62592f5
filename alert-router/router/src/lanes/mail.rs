//! The lane of one mail recipient.

use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_engine::{Outcome, Rendered, Send};
use lettre::Address;
use lettre::message::Mailbox;

use super::{Told, Transport};
use crate::mail::letter::letter;
use crate::mail::refusal::{Meaning, Refusal};
use crate::mail::session::Session;
use crate::serve::post::PostOffice;
use crate::shared::Shared;

/// What a mail lane needs.
#[derive(Debug)]
pub struct Recipient {
    /// Where letters are handed over.
    pub office: Arc<PostOffice>,
    /// The sender.
    pub from: Mailbox,
    /// The recipient.
    pub to: Address,
    /// The clock.
    pub shared: Arc<Shared>,
}

impl Transport for Recipient {
    fn wait(&self, _send: &Send) -> Duration {
        Duration::ZERO
    }

    async fn tell(&mut self, _send: &Send, words: Rendered) -> Told {
        let Rendered::Mail(message) = words else {
            return Told::plain(Outcome::Refused { reason: "rendered for another medium".into() });
        };
        let letter = match letter(&message, &self.from, &self.to, self.shared.clock.wall()) {
            Ok(letter) => letter,
            Err(error) => {
                return Told::plain(Outcome::Refused { reason: format!("not to be written as a mail: {error}") });
            }
        };
        let door = match self.office.door() {
            Ok(door) => door,
            Err(reason) => return Told::plain(Outcome::Gone { reason }),
        };
        match Session::new(&door).deliver(&letter.envelope, &letter.bytes).await {
            Ok(_reply) => Told::plain(Outcome::Delivered { remote_id: Some(letter.id), link: None }),
            Err(refusal) => Told::plain(outcome(&refusal, &self.office)),
        }
    }
}

fn outcome(refusal: &Refusal, office: &PostOffice) -> Outcome {
    let reason = office.scrub(&format!("mail {refusal}"));
    match refusal.meaning {
        Meaning::Letter => Outcome::Refused { reason },
        Meaning::Target => Outcome::Gone { reason },
        Meaning::Later => Outcome::Retry { after: None, reason: short(refusal) },
        Meaning::Ambiguous => Outcome::Ambiguous { reason },
    }
}

/// For a lock screen.
fn short(refusal: &Refusal) -> String {
    match refusal.code {
        Some(code) => format!("mail server {code}"),
        None => "mail server unreachable".into(),
    }
}
