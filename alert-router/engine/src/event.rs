//! What can happen to the engine. Events are the only thing that changes it, so a journal of them is its whole memory.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::names::{AttemptId, DeliveryId, TargetName};
use crate::plan::Send;
use crate::time::Timestamp;
use crate::webhook::Webhook;

/// One thing that happened. The shell journals it, then applies it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A webhook was accepted.
    Received {
        /// The configured name of the sender (`/v1/alertmanager/{source}`).
        source: String,
        /// The shell's name of this webhook.
        delivery: DeliveryId,
        /// What it said.
        webhook: Box<Webhook>,
    },
    /// Bytes came that cannot be read as a webhook, or too many of them. A person is told that they came.
    Unreadable {
        /// The configured name of the sender.
        source: String,
        /// The shell's name of the quarantined bytes.
        delivery: DeliveryId,
        /// Why, in words: the display of [`crate::ParseError`], or the shell's own ("larger than 16 MiB").
        reason: String,
    },
    /// A [`Send`] is about to leave; journalled before its first byte does.
    Started {
        /// What [`crate::Engine::next`] answered.
        send: Box<Send>,
    },
    /// The peer answered, or failed to.
    Answered {
        /// The attempt of the send.
        attempt: AttemptId,
        /// How it went.
        outcome: Outcome,
    },
    /// After a restart: the attempt had been started, and how it ended is not known.
    Interrupted {
        /// The attempt of the send.
        attempt: AttemptId,
    },
    /// Nothing has been heard of a source for too long.
    Silent {
        /// The configured name of the sender.
        source: String,
        /// When it was last heard.
        since: Timestamp,
    },
    /// A silent source was heard again.
    SenderBack {
        /// The configured name of the sender.
        source: String,
    },
    /// A stopped target was given a new configuration, or a person said to try again.
    Resumed {
        /// Which target.
        target: TargetName,
    },
    /// Time passed. Due when [`crate::Engine::wake_at`] says so.
    Clock,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The peer has it.
    Delivered {
        /// The message's id at the peer, with which it can be edited; `None` where there is no such thing (mail).
        remote_id: Option<String>,
        /// A link to the message, where known.
        link: Option<String>,
    },
    /// The peer will never take this message. It becomes a dead letter.
    Refused {
        /// In words for a person: `Discord 400 (50035: embeds[0].title)`.
        reason: String,
    },
    /// The peer may take it later.
    Retry {
        /// The peer's own hint.
        after: Option<Duration>,
        /// In words for the lock screen, short: `Discord 503`, `mail server greylists`.
        reason: String,
    },
    /// The target itself is gone or its credential is bad (404, 10015, 50027, 401, SMTP 535): nothing may be sent to it.
    Gone {
        /// In words for a person.
        reason: String,
    },
    /// The message to be edited no longer exists (10008).
    MessageGone,
    /// The connection ended after the message had left: it may have arrived.
    Ambiguous {
        /// In words for a person.
        reason: String,
    },
}
