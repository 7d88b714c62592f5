//! One webhook as a phone and a mailbox would show it, without an engine of one's own.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::event::{Event, Outcome};
use crate::names::{DeliveryId, TargetName};
use crate::plan::{Next, Send};
use crate::policy::{Medium, Policy, Target};
use crate::render::{DiscordMessage, MailMessage, Rendered};
use crate::time::Timestamp;
use crate::webhook::{Status, Webhook};

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

/// Renders what `webhook` makes of a phone that knew nothing, as if it had been accepted from `source` and told at
/// `now`. A webhook whose alerts are all resolved is shown as the end of what they were while they fired.
///
/// `None` when the webhook would not be told: it has no alert, or only watchdogs.
pub fn preview(webhook: &Webhook, source: &str, now: Timestamp) -> Option<Preview> {
    let mut stage = Stage::new(source, now);
    if webhook.alerts.iter().all(|alert| alert.status == Status::Resolved) {
        stage.receive(firing(webhook));
        let send = stage.next()?;
        stage.deliver(&send);
    }
    stage.receive(webhook.clone());
    let send = stage.next()?;
    let line = stage.engine.plain_line(&send);
    match stage.engine.render(&send) {
        Rendered::Preview { discord, mail } => Some(Preview { line, discord: *discord, mail: *mail }),
        Rendered::Discord(_) | Rendered::Mail(_) => None,
    }
}

/// The same alerts before they ended.
fn firing(webhook: &Webhook) -> Webhook {
    let mut before = webhook.clone();
    before.status = Status::Firing;
    for alert in &mut before.alerts {
        (alert.status, alert.ends_at) = (Status::Firing, None);
    }
    before
}

/// An engine with one preview target.
struct Stage<'a> {
    engine: Engine,
    target: TargetName,
    source: &'a str,
    now: Timestamp,
}

impl<'a> Stage<'a> {
    fn new(source: &'a str, now: Timestamp) -> Self {
        let target = TargetName("preview".to_owned());
        let medium = Target { medium: Medium::Preview, ..Target::default() };
        let targets = BTreeMap::from([(target.clone(), medium)]);
        let mut engine = Engine::new(Policy { targets, ..Policy::default() });
        // An engine as old as time: nothing was wrong, or over, before it began.
        engine.apply(Timestamp(i64::MIN), &Event::Clock);
        Self { engine, target, source, now }
    }

    fn receive(&mut self, webhook: Webhook) {
        let delivery = DeliveryId("preview".to_owned());
        let event = Event::Received { source: self.source.to_owned(), delivery, webhook: Box::new(webhook) };
        self.engine.apply(self.now, &event);
    }

    /// What would be told, as soon as it would be, dated now.
    fn next(&self) -> Option<Send> {
        let mut next = self.engine.next(&self.target, self.now);
        if let Next::WaitUntil(later) = next {
            next = self.engine.next(&self.target, later);
        }
        match next {
            Next::Send(send) => Some(Send { at: self.now, ..*send }),
            Next::WaitUntil(_) | Next::Idle => None,
        }
    }

    fn deliver(&mut self, send: &Send) {
        let outcome = Outcome::Delivered { remote_id: Some("preview".to_owned()), link: None };
        self.engine.apply(self.now, &Event::Started { send: Box::new(send.clone()) });
        self.engine.apply(self.now, &Event::Answered { attempt: send.attempt.clone(), outcome });
    }
}
