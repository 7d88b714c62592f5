//! A request and the time go in, a reaction comes out; everything is written down on the way.

use std::time::Duration;

use super::answer::{Answer, Reaction};
use super::apply;
use super::pace::{Keys, Limits, Pace};
use super::record::{Message, Request};
use super::request::{Action, Asked, Route};
use super::script::{Fault, Script};

/// A webhook and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) channel: String,
    pub(crate) deleted: bool,
    pub(crate) revoked: bool,
}

/// Everything the peer knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) pace: Pace,
    pub(crate) script: Script,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) messages: Vec<Message>,
    pub(crate) requests: Vec<Request>,
    last_id: u64,
}

/// What is known about a request when it is answered: for the record.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) complaints: Vec<String>,
    pub(crate) ignored: Vec<String>,
}

impl State {
    pub(crate) fn new(limits: Limits) -> Self {
        let mut state = Self {
            pace: Pace::new(limits),
            script: Script::default(),
            webhooks: Vec::new(),
            messages: Vec::new(),
            requests: Vec::new(),
            last_id: 1_300_000_000_000_000_000,
        };
        state.add_webhook(false);
        state
    }

    /// A new webhook in the first one's channel (`share`) or its own; returns the path of its address.
    pub(crate) fn add_webhook(&mut self, share: bool) -> String {
        let id = self.fresh_id();
        let own = self.fresh_id();
        let channel = self.webhooks.first().filter(|_| share).map_or(own, |first| first.channel.clone());
        let token = format!("planted-webhook-token-{id}-0123456789abcdefghijklmnopqrstuvwxyz");
        self.webhooks.push(Webhook { id, token, channel, deleted: false, revoked: false });
        self.webhooks.last().map(path).unwrap_or_default()
    }

    pub(crate) fn first_path(&self) -> String {
        self.webhooks.first().map(path).unwrap_or_default()
    }

    pub(crate) fn first_token(&self) -> String {
        self.webhooks.first().map(|webhook| webhook.token.clone()).unwrap_or_default()
    }

    pub(crate) fn delete_first(&mut self) {
        self.webhooks.iter_mut().take(1).for_each(|webhook| webhook.deleted = true);
    }

    pub(crate) fn revoke_first(&mut self) {
        self.webhooks.iter_mut().take(1).for_each(|webhook| webhook.revoked = true);
    }

    pub(crate) fn delete_message(&mut self, id: &str) {
        self.messages.iter_mut().filter(|message| message.id == id).for_each(|message| message.deleted = true);
    }

    pub(crate) fn fresh_id(&mut self) -> String {
        self.last_id += 1 << 22;
        self.last_id.to_string()
    }

    /// Answers one request. `now` is the time since the peer started, `unix` the seconds since 1970.
    pub(crate) fn react(&mut self, now: Duration, unix: f64, asked: &Asked) -> Reaction {
        let mut notes = Notes::default();
        let mut avoidable = false;
        let route = Route::parse(&asked.path);
        let action = route.as_ref().and_then(|route| route.action(&asked.method));
        let reaction = match (&route, action) {
            (None, _) => Reaction::Answer(Answer::error(404, 0, "404: Not Found")),
            (Some(_), None) => Reaction::Answer(Answer::error(405, 0, "405: Method Not Allowed")),
            (Some(route), Some(action)) => {
                let keys = self.keys(now, route, action);
                avoidable = self.pace.warned(now, &keys);
                self.carry_out(now, unix, (route, action, asked), &keys, &mut notes)
            }
        };
        self.write_down(now, asked, route.as_ref(), &reaction, avoidable, notes);
        reaction
    }

    fn keys(&self, now: Duration, route: &Route, action: Action) -> Keys {
        let channel =
            self.webhooks.iter().find(|webhook| webhook.id == route.webhook).map_or("", |found| &found.channel);
        let message = self.messages.iter().find(|message| Some(&message.id) == route.message.as_ref());
        let made = message.and_then(|message| message.versions.first()).map(|first| first.at);
        let old = action == Action::EditMessage && made.is_some_and(|made| self.pace.is_old(now.saturating_sub(made)));
        Keys::new(&route.webhook, channel, action, old)
    }

    fn carry_out(
        &mut self,
        now: Duration,
        unix: f64,
        (route, action, asked): (&Route, Action, &Asked),
        keys: &Keys,
        notes: &mut Notes,
    ) -> Reaction {
        let fault = self.script.next();
        match fault {
            Some(Fault::Throttle(span)) => self.pace.throttle(now, keys, span),
            Some(Fault::Cloudflare { span, hint }) => self.pace.ban(now, span, hint),
            Some(fault) if !fault.comes_after() => return instead(fault),
            _ => {}
        }
        let left = match self.pace.take(now, keys) {
            Ok(left) => left,
            Err(hold) => return Reaction::Answer(Answer::held(&hold)),
        };
        let answer = apply::apply(self, now, route, action, asked, notes);
        match fault {
            Some(Fault::AcceptThenReset) => Reaction::Reset,
            Some(Fault::AcceptThenStall) => Reaction::Stall,
            Some(Fault::AcceptThenGarbage) => Reaction::Answer(Answer::html(200, "OK")),
            _ => Reaction::Answer(answer.paced(&left, unix)),
        }
    }

    fn write_down(
        &mut self,
        at: Duration,
        asked: &Asked,
        route: Option<&Route>,
        reaction: &Reaction,
        avoidable: bool,
        notes: Notes,
    ) {
        let status = match reaction {
            Reaction::Answer(answer) => Some(answer.status),
            Reaction::Reset | Reaction::Stall => None,
        };
        let path = route.map_or_else(|| asked.path.clone(), |route| asked.path.replace(&route.token, "***"));
        let (method, query) = (asked.method.clone(), asked.query.clone());
        let Notes { complaints, ignored } = notes;
        self.requests.push(Request { at, method, path, query, status, avoidable, complaints, ignored });
    }
}

/// A fault that takes the place of an answer.
fn instead(fault: Fault) -> Reaction {
    match fault {
        Fault::ServerError(status) => Reaction::Answer(Answer::html(status, "discord.com | Bad gateway")),
        Fault::Overloaded(code) => {
            Reaction::Answer(Answer::error(503, code, "API resource is currently overloaded. Try again a little later"))
        }
        Fault::Stall => Reaction::Stall,
        _ => Reaction::Reset,
    }
}

fn path(webhook: &Webhook) -> String {
    format!("/api/webhooks/{}/{}", webhook.id, webhook.token)
}
