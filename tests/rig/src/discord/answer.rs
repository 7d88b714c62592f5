//! The shapes of Discord's answers.

use serde_json::{Value, json};

use super::pace::{Hold, Left, Scope};
use super::validate::Complaints;

/// One answer, before it is put on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What the client sees of its request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reaction {
    Answer(Answer),
    /// The connection is reset.
    Reset,
    /// The connection stays open without a word.
    Stall,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn error(status: u16, code: u32, message: &str) -> Self {
        Self::json(status, &json!({ "message": message, "code": code }))
    }

    /// 400 with the tree of everything that is wrong.
    pub(crate) fn invalid(complaints: &Complaints) -> Self {
        Self::json(400, &json!({ "message": "Invalid Form Body", "code": 50035, "errors": complaints.tree() }))
    }

    /// A page of the proxy in front: no JSON, no rate-limit header.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let body =
            format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{status}: {title}</body></html>");
        let headers = vec![("content-type", "text/html; charset=UTF-8".to_owned())];
        Self { status, headers, body: body.into_bytes() }
    }

    /// 429 in the shape that belongs to its scope.
    pub(crate) fn held(hold: &Hold) -> Self {
        // Rounded up: a client that keeps to the letter of the answer must be right.
        let seconds = (hold.retry_after.as_secs_f64() * 1000.0).ceil() / 1000.0;
        if let Scope::Edge(hint) = hold.scope {
            let page = Self::html(429, "Access denied | discord.com used Cloudflare to restrict access");
            return if hint { page.with("retry-after", format!("{}", seconds.ceil())) } else { page };
        }
        let global = hold.scope == Scope::Global;
        let mut body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": global });
        if hold.scope == Scope::OldEdits {
            body["message"] = json!("Maximum number of edits to messages older than 1 hour reached. Try again later");
            body["code"] = json!(30046);
        }
        let answer = Self::json(429, &body).with("retry-after", format!("{}", seconds.ceil()));
        let answer = answer.with("x-ratelimit-scope", hold.scope.word().to_owned());
        if global { answer.with("x-ratelimit-global", "true".to_owned()) } else { answer }
    }

    /// Adds what the headers say about the bucket. `now` is in seconds since 1970.
    pub(crate) fn paced(self, left: &Left, now: f64) -> Self {
        let reset_after = (left.reset_after.as_secs_f64() * 1000.0).ceil() / 1000.0;
        self.with("x-ratelimit-limit", left.limit.to_string())
            .with("x-ratelimit-remaining", left.remaining.to_string())
            .with("x-ratelimit-reset", format!("{:.3}", now + reset_after))
            .with("x-ratelimit-reset-after", format!("{reset_after:.3}"))
            .with("x-ratelimit-bucket", left.bucket.clone())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Scope {
    /// The word of `X-RateLimit-Scope`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared | Self::OldEdits | Self::Edge(_) => "shared",
        }
    }
}
