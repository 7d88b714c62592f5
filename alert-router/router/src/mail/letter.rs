//! The bytes of a letter.
//!
//! Source of the headers: RFC 5322 (Message-ID, In-Reply-To, References), RFC 2919 (List-Id), RFC 3834
//! (Auto-Submitted), and Microsoft's `X-Auto-Response-Suppress`, without which an absent reader's Exchange answers.

use std::time::{Duration, UNIX_EPOCH};

use gjallarhorn_engine::{Importance, MailMessage};
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// A letter ready to be handed over.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who sends and who receives, for the server.
    pub envelope: Envelope,
    /// Headers and body.
    pub bytes: Vec<u8>,
    /// Its Message-ID, for the ledger.
    pub id: String,
}

/// Puts a letter together. The same message makes the same Message-ID, so a second try is the same letter to a reader.
///
/// # Errors
/// An address or a header that lettre does not take.
pub fn letter(
    message: &MailMessage,
    from: &Mailbox,
    to: &Address,
    date: Duration,
) -> Result<Letter, lettre::error::Error> {
    let domain = from.email.domain();
    let id = |seed: &String| format!("<{}@{domain}>", word(seed));
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&message.subject))
        .date(UNIX_EPOCH + date)
        .message_id(Some(id(&message.message_id_seed)));
    if let Some(root) = message.references_seed.first() {
        builder = builder.in_reply_to(id(root));
        builder = builder.references(message.references_seed.iter().map(id).collect::<Vec<_>>().join(" "));
    }
    for (name, value) in headers(domain, message.importance) {
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    let parts = MultiPart::alternative_plain_html(message.text.clone(), message.html.clone());
    let whole = builder.multipart(parts)?;
    Ok(Letter { envelope: whole.envelope().clone(), bytes: whole.formatted(), id: id(&message.message_id_seed) })
}

fn headers(domain: &str, importance: Importance) -> [(HeaderName, String); 4] {
    let importance = match importance {
        Importance::High => "high",
        Importance::Normal => "normal",
        Importance::Low => "low",
    };
    [
        (HeaderName::new_from_ascii_str("List-Id"), format!("Gjallarhorn alerts <gjallarhorn.{domain}>")),
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()),
        (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All".into()),
        (HeaderName::new_from_ascii_str("Importance"), importance.into()),
    ]
}

/// The engine's seeds are hex and words; nothing else may stand in an id whatever happens.
fn word(seed: &str) -> String {
    let kept = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
    seed.chars().filter(kept).take(200).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> MailMessage {
        MailMessage {
            subject: "odin: pool tank degraded\r\nBcc: x@example.org".into(),
            text: "🟠 odin: pool tank\n.\nlast".into(),
            html: "<p>odin</p>".into(),
            message_id_seed: "g1-e2-r3".into(),
            references_seed: vec!["g1-e2-r1".into(), "g1-e2-r2".into()],
            importance: Importance::High,
        }
    }

    fn bytes(message: &MailMessage) -> String {
        let from = "Gjallarhorn <alerts@example.org>".parse().expect("an address");
        let to = "me@example.net".parse().expect("an address");
        let letter = letter(message, &from, &to, Duration::from_secs(1_790_000_000)).expect("a letter");
        assert_eq!(letter.envelope.to(), ["me@example.net".parse::<Address>().expect("an address")]);
        String::from_utf8(letter.bytes).expect("is text")
    }

    #[test]
    fn a_letter_threads_and_answers_no_robot() {
        let text = bytes(&message());
        for line in [
            "Message-ID: <g1-e2-r3@example.org>",
            "In-Reply-To: <g1-e2-r1@example.org>",
            "References: <g1-e2-r1@example.org> <g1-e2-r2@example.org>",
            "List-Id: Gjallarhorn alerts <gjallarhorn.example.org>",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Importance: high",
            "Date: Mon, 21 Sep 2026",
            "multipart/alternative",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_hostile_subject_adds_no_header() {
        assert!(!bytes(&message()).lines().any(|line| line.starts_with("Bcc:")));
    }

    #[test]
    fn the_first_of_a_thread_answers_nothing() {
        let text = bytes(&MailMessage { references_seed: vec![], ..message() });
        assert!(!text.contains("In-Reply-To") && !text.contains("References"));
    }

    #[test]
    fn the_same_message_is_the_same_letter() {
        let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned);
        assert_eq!(id(&bytes(&message())), id(&bytes(&message())));
    }
}
