//! One webhook as a phone and a mailbox would show it, without an engine of one's own.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::event::Event;
use crate::names::{DeliveryId, TargetName};
use crate::plan::{Digest, Kind, Next};
use crate::policy::{Medium, Policy, Target};
use crate::render::{DiscordMessage, MailMessage, Rendered};
use crate::time::Timestamp;
use crate::webhook::Webhook;

/// What the first telling of a webhook looks like.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Preview {
    /// The lock-screen line, as plain text.
    pub line: String,
    /// The Discord message.
    pub discord: DiscordMessage,
    /// The mail.
    pub mail: MailMessage,
}

/// Renders the first telling of `webhook`, as if it had been accepted from `source` and told at `now`.
///
/// `None` when the webhook would not be told: it has no alert, or only watchdogs.
pub fn preview(webhook: &Webhook, source: &str, now: Timestamp) -> Option<Preview> {
    let target = TargetName("preview".to_owned());
    let medium = Target { medium: Medium::Preview, ..Target::default() };
    let policy = Policy { targets: BTreeMap::from([(target.clone(), medium)]), ..Policy::default() };
    let info_every = policy.info_every;
    let mut engine = Engine::new(policy);
    // An engine as old as time: nothing was wrong, or over, before it began.
    engine.apply(Timestamp(i64::MIN), &Event::Clock);
    let delivery = DeliveryId("preview".to_owned());
    engine.apply(now, &Event::Received { source: source.to_owned(), delivery, webhook: Box::new(webhook.clone()) });
    let mut next = engine.next(&target, now);
    if let Next::WaitUntil(_) = next {
        next = engine.next(&target, now.after(info_every));
    }
    let Next::Send(mut send) = next else { return None };
    send.at = now;
    if send.kind == Kind::Digest(Digest::Infos) {
        send.card = true;
    }
    let line = engine.plain_line(&send);
    match engine.render(&send) {
        Rendered::Preview { discord, mail } => Some(Preview { line, discord: *discord, mail: *mail }),
        Rendered::Discord(_) | Rendered::Mail(_) => None,
    }
}
