//! The door: `POST /v1/alertmanager[/{source}]`.
//!
//! [`auth`] judges before a byte of the body is read, [`reading`] makes an event of the body, [`answer`] says what the
//! sender hears. The table of answers is chosen for Alertmanager: a 4xx would come again on every group interval for
//! ever, so bytes that cannot be read are kept, told, and answered 200; a 503 is retried within seconds.

pub mod answer;
pub mod auth;
pub mod reading;

use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_engine::{Event, Limits};
use gjallarhorn_service::http::{Answer, Bytes, Head, Request, Route};
use tokio::time::Instant;

use crate::keeper::{Desk, Kept};
use crate::shared::Shared;
use answer::Verdict;
use auth::Keys;
use reading::{Deliveries, source_of};

/// The path; a sender's name may follow.
pub const PATH: &str = "/v1/alertmanager";
/// How long the body may take.
const BODY: Duration = Duration::from_secs(10);

/// Everything the door needs.
#[derive(Debug)]
pub struct Door {
    /// The keeper's desk.
    pub desk: Desk,
    /// What the other parts see.
    pub shared: Arc<Shared>,
    /// Who may come in.
    pub keys: Keys,
    /// Numbers for webhooks.
    pub deliveries: Deliveries,
    /// How much of a webhook is read.
    pub limits: Limits,
}

impl Door {
    /// The route on which it stands.
    #[must_use]
    pub fn route(self: Arc<Self>) -> Route {
        let (guard, large, door, bytes) = (self.clone(), self.clone(), self.clone(), self.limits.bytes);
        Route::post(PATH, move |request| door.clone().take(request))
            .and_below()
            .body_limit(bytes)
            .oversized(move |request| large.clone().too_large(&request))
            .body_deadline(BODY)
            .guard(move |head| guard.judge(head))
    }

    fn judge(&self, head: &Head) -> Result<(), Answer> {
        if self.keys.admit(head.header("authorization")) {
            return Ok(());
        }
        self.shared.metrics.answered("unknown", "unauthorized", Duration::ZERO);
        Err(answer::unauthorized(self.keys.wants_basic()))
    }

    async fn take(self: Arc<Self>, request: Request) -> Answer {
        let began = Instant::now();
        let Some(source) = source_of(request.head.path()) else {
            self.shared.metrics.answered("unknown", "unknown_sender", began.elapsed());
            return answer::unknown_sender();
        };
        let delivery = self.deliveries.next(self.shared.clock.now());
        let event = reading::event(&source, &delivery, &request.body, &self.limits);
        let verdict = self.keep(&source, event, request.body).await;
        self.shared.metrics.answered(self.label(&source), verdict.word(), began.elapsed());
        answer::answer(verdict, &delivery.0)
    }

    async fn keep(&self, source: &str, event: Event, raw: Bytes) -> Verdict {
        if self.shared.core().senders().get(source).is_some_and(|heard| heard.silent) {
            let back = Event::SenderBack { source: source.to_owned() };
            let _ = self.desk.hand_in(back, None).await;
        }
        let readable = matches!(event, Event::Received { .. });
        match self.desk.hand_in(event, Some(raw)).await {
            Ok(Kept::OnDisk) if readable => Verdict::Accepted,
            Ok(Kept::OnDisk) => Verdict::Unreadable,
            Ok(Kept::InMemory) => Verdict::Memory,
            Err(turned) => Verdict::Turned(turned),
        }
    }

    /// A webhook that is not read is told all the same, with its group if that can be seen.
    fn too_large(self: Arc<Self>, request: &Request) {
        let Some(source) = source_of(request.head.path()) else { return };
        self.shared.metrics.answered(self.label(&source), "too_large", Duration::ZERO);
        let group = reading::group_in_prefix(&request.body).map(|group| format!(", group {group}")).unwrap_or_default();
        let reason = format!("larger than {} MiB{group}", self.limits.bytes >> 20);
        let delivery = self.deliveries.next(self.shared.clock.now());
        let event = Event::Unreadable { source, delivery, reason };
        let beginning = request.body.clone();
        tokio::spawn(async move { self.desk.hand_in(event, Some(beginning)).await });
    }

    /// The sender's name as a metric's label: names that the core does not know are one.
    fn label<'a>(&self, source: &'a str) -> &'a str {
        if self.shared.core().senders().contains_key(source) { source } else { "unknown" }
    }
}
