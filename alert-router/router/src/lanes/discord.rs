//! The lane of a Discord webhook.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gjallarhorn_client::{Client, Method};
use gjallarhorn_engine::{Outcome, Rendered, Send};
use gjallarhorn_service::secret::SecretFile;

use super::{Told, Transport};
use crate::discord::address::Address;
use crate::discord::heard::Heard;
use crate::discord::limiter::{Limiter, Route};
use crate::discord::transport::{Body, exchange};
use crate::discord::{payload, verdict};
use crate::journal::Entry;
use crate::secrets::Vault;
use crate::shared::Shared;

/// Discord counts edits of older messages apart.
const OLD: Duration = Duration::from_secs(3600);
/// The first millisecond of Discord's ids (snowflakes), since 1970.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// What a Discord lane needs; the limiter is shared by all of them, for they share one address.
#[derive(Debug)]
pub struct Webhook {
    /// The target's name, for metrics.
    pub name: String,
    /// Where the address stands; read from the vault at each use.
    pub place: SecretFile,
    /// A thread to write into.
    pub thread: Option<u64>,
    /// The secrets.
    pub vault: Arc<Vault>,
    /// HTTPS out.
    pub client: Client,
    /// When requests may leave.
    pub limiter: Arc<Mutex<Limiter>>,
    /// Clock and metrics.
    pub shared: Arc<Shared>,
}

impl Transport for Webhook {
    fn wait(&self, send: &Send) -> Duration {
        let Ok(address) = self.address() else { return Duration::ZERO };
        let ready = self.limiter().ready_at(address.id(), self.route(send));
        ready.saturating_sub(self.shared.clock.monotonic())
    }

    async fn tell(&mut self, send: &Send, words: Rendered) -> Told {
        let Rendered::Discord(message) = words else {
            return Told::plain(Outcome::Refused { reason: "rendered for another medium".into() });
        };
        let address = match self.address() {
            Ok(address) => address,
            Err(reason) => return Told::plain(Outcome::Gone { reason }),
        };
        let (body, buttons) = match &send.edits {
            Some(_) => (payload::edit(&message), !message.links.is_empty()),
            None => (payload::create(&message), !message.links.is_empty()),
        };
        match body {
            Ok(body) => self.send(send, &address, body, buttons).await,
            Err(error) => Told::plain(Outcome::Refused { reason: format!("not to be written as JSON: {error}") }),
        }
    }
}

impl Webhook {
    async fn send(&self, send: &Send, address: &Address, body: Body, buttons: bool) -> Told {
        let route = self.route(send);
        let (method, to) = match &send.edits {
            Some(message) => (Method::PATCH, address.edit(message, buttons)),
            None => (Method::POST, address.create(buttons)),
        };
        self.limiter().sent(self.shared.clock.monotonic(), address.id(), route);
        let answer = exchange(&self.client, method, &to, Some(body)).await;
        let rows = match &answer {
            Ok(heard) => self.learn(address, route, heard),
            Err(_) => Vec::new(),
        };
        Told { outcome: self.scrubbed(verdict::outcome(&answer, send.edits.is_some())), rows }
    }

    /// Hands the answer to the limiter; what it announced is written with the answer.
    fn learn(&self, address: &Address, route: Route, heard: &Heard) -> Vec<Entry> {
        if heard.status == 429 {
            self.shared.metrics.rate_limited(&self.name, heard.scope.as_deref());
        }
        let now = self.shared.clock.monotonic();
        let mut limiter = self.limiter();
        limiter.heard(now, address.id(), route, heard);
        let announced = limiter.announced(now, address.id(), route);
        let until = |wait: Duration| self.shared.clock.now().after(wait).0;
        announced
            .map(|known| Entry::Bucket {
                webhook: known.webhook,
                route: known.route.word(),
                remaining: known.remaining,
                until_ms: until(known.wait),
            })
            .into_iter()
            .collect()
    }

    /// Discord's words may repeat what was sent; a secret in them goes no further.
    fn scrubbed(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Refused { reason } => Outcome::Refused { reason: self.vault.scrub(&reason) },
            Outcome::Gone { reason } => Outcome::Gone { reason: self.vault.scrub(&reason) },
            Outcome::Ambiguous { reason } => Outcome::Ambiguous { reason: self.vault.scrub(&reason) },
            other => other,
        }
    }

    fn address(&self) -> Result<Address, String> {
        let secret = self.vault.get(&self.place).ok_or("the webhook's address was not read")?;
        Address::read(&secret, self.thread).map_err(|error| error.to_string())
    }

    fn route(&self, send: &Send) -> Route {
        match &send.edits {
            None => Route::Create,
            Some(message) if self.is_old(message) => Route::OldEdit,
            Some(_) => Route::Edit,
        }
    }

    fn is_old(&self, message: &str) -> bool {
        let made = message.parse::<u64>().map_or(0, |id| (id >> 22) + DISCORD_EPOCH_MS);
        self.shared.clock.wall().saturating_sub(Duration::from_millis(made)) >= OLD
    }

    fn limiter(&self) -> std::sync::MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
