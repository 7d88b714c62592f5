//! Which targets there are, and how each is told: the one list of transports.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_client::{Client, Settings};
use gjallarhorn_engine::TargetName;
use gjallarhorn_service::bounded;
use gjallarhorn_service::secret::SecretFile;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::post::PostOffice;
use crate::config::{self, Config};
use crate::discord::limiter::{Announced, Limiter, Route};
use crate::journal::recall::StoredBucket;
use crate::keeper::Desk;
use crate::lanes::discord::Webhook;
use crate::lanes::mail::Recipient;
use crate::lanes::preview::{Gallery, Painter};
use crate::lanes::{Lane, Transport};
use crate::secrets::Vault;
use crate::shared::Shared;

/// The largest certificate file.
const PEM_BYTES: usize = 256 * 1024;

/// Files that the configuration names and that are no secrets, read before the event loop starts.
#[derive(Clone, Debug, Default)]
pub struct Papers(HashMap<PathBuf, Vec<u8>>);

impl Papers {
    /// Reads them.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn read(config: &Config) -> Result<Self> {
        let discord = config.discord.values().filter_map(|target| target.extra_root_file.as_ref());
        let mail = config.mail.iter().filter_map(|mail| mail.server.extra_root_file.as_ref());
        let read = |path: &PathBuf| Ok((path.clone(), bounded::read(path, PEM_BYTES)?));
        Ok(Papers(discord.chain(mail).map(read).collect::<Result<_>>()?))
    }

    /// A file that was read.
    #[must_use]
    pub fn get(&self, path: Option<&Path>) -> Option<Vec<u8>> {
        self.0.get(path?).cloned()
    }
}

/// Where secrets stand, of the whole configuration.
pub fn secret_places(config: &Config) -> impl Iterator<Item = &SecretFile> {
    let intake = config.intake.bearer_token_files.iter();
    let basic = config.intake.basic.iter().map(|basic| &basic.password_file);
    let discord = config.discord.values().map(|target| &target.webhook_url_file);
    let mail = config.mail.iter().filter_map(|mail| mail.server.password_file.as_ref());
    let heartbeat = config.heartbeat.iter().map(|heartbeat| &heartbeat.url_file);
    intake.chain(basic).chain(discord).chain(mail).chain(heartbeat)
}

/// What every lane shares.
#[derive(Clone)]
pub struct Parts {
    /// Core, clock, metrics.
    pub shared: Arc<Shared>,
    /// The keeper's desk.
    pub desk: Desk,
    /// The secrets.
    pub vault: Arc<Vault>,
    /// The preview's wall.
    pub gallery: Arc<Gallery>,
}

/// Starts a lane for every target.
///
/// # Errors
/// A certificate or an address that cannot be used.
pub fn start(
    config: &Config,
    papers: &Papers,
    buckets: Vec<StoredBucket>,
    parts: Parts,
    end: watch::Receiver<bool>,
    lanes: &mut JoinSet<()>,
) -> Result<()> {
    let limiter = Arc::new(Mutex::new(restored(buckets, &parts.shared)));
    let mut start = Starter { parts, end, lanes };
    for (name, target) in &config.discord {
        let webhook = discord(name, target, papers, &start.parts, limiter.clone())?;
        start.lane(name, webhook);
    }
    for (name, recipient) in recipients(config, papers, &start.parts)? {
        start.lane(&name, recipient);
    }
    if config.preview {
        let Parts { gallery, shared, .. } = start.parts.clone();
        start.lane(config::PREVIEW, Painter { gallery, shared });
    }
    Ok(())
}

struct Starter<'a> {
    parts: Parts,
    end: watch::Receiver<bool>,
    lanes: &'a mut JoinSet<()>,
}

impl Starter<'_> {
    fn lane(&mut self, name: &str, transport: impl Transport) {
        let Parts { shared, desk, .. } = self.parts.clone();
        let lane = Lane::new(TargetName(name.to_owned()), transport, shared, desk);
        self.lanes.spawn(lane.run(self.end.clone()));
    }
}

/// HTTPS to Discord, or to a stand-in if the configuration says so.
///
/// # Errors
/// The further root is no certificate.
pub fn client(target: &config::Discord, papers: &Papers) -> Result<Client> {
    let extra_roots = papers.get(target.extra_root_file.as_deref());
    let settings = Settings { extra_roots, plain_loopback: target.allow_http_loopback, ..Settings::default() };
    Ok(Client::new(settings)?)
}

fn discord(
    name: &str,
    target: &config::Discord,
    papers: &Papers,
    parts: &Parts,
    limiter: Arc<Mutex<Limiter>>,
) -> Result<Webhook> {
    Ok(Webhook {
        name: name.to_owned(),
        place: target.webhook_url_file.clone(),
        thread: target.thread_id,
        vault: parts.vault.clone(),
        client: client(target, papers).with_context(|| format!("discord.{name}"))?,
        limiter,
        shared: parts.shared.clone(),
    })
}

fn recipients(config: &Config, papers: &Papers, parts: &Parts) -> Result<Vec<(String, Recipient)>> {
    let Some(mail) = &config.mail else { return Ok(Vec::new()) };
    let office = Arc::new(PostOffice::new(&mail.server, papers, parts.vault.clone()));
    let recipient = |(name, address): (&String, &String)| {
        let from = mail.from.parse().with_context(|| format!("mail.from: {}", mail.from))?;
        let to = address.parse().with_context(|| format!("mail.to.{name}: {address}"))?;
        Ok((name.clone(), Recipient { office: office.clone(), from, to, shared: parts.shared.clone() }))
    };
    mail.to.iter().map(recipient).collect()
}

/// A limiter that knows what an earlier process had been told.
fn restored(buckets: Vec<StoredBucket>, shared: &Shared) -> Limiter {
    let mut limiter = Limiter::default();
    let (now, wall) = (shared.clock.monotonic(), shared.clock.now());
    for bucket in buckets {
        let Some(route) = Route::from_word(&bucket.route) else { continue };
        let left = u64::try_from(bucket.until_ms.saturating_sub(wall.0)).unwrap_or(0);
        let (webhook, remaining) = (bucket.webhook, bucket.remaining);
        limiter.restore(now, &Announced { webhook, route, remaining, wait: Duration::from_millis(left) });
    }
    limiter
}
