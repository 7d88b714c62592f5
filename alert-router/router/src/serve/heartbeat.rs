//! A ping to someone outside the house while the whole path is good.
//!
//! The watcher must outlive what it watches, and someone must watch the watcher. The ping is withheld when the journal
//! cannot be written, when a target has not been told something for too long, or when an expected sender is silent: the
//! outside service then rings by itself.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use gjallarhorn_client::{Client, Method, Request, Settings};
use gjallarhorn_service::secret::Secret;
use tokio::task::JoinSet;
use tracing::warn;

use super::gauges;
use crate::config::Config;
use crate::secrets::Vault;
use crate::shared::Shared;

/// Something told later than this is no good path.
const TOO_OLD: Duration = Duration::from_secs(300);

/// Starts the pings, if they are configured.
///
/// # Errors
/// No client can be made.
pub fn start(config: &Config, shared: Arc<Shared>, vault: Arc<Vault>, tasks: &mut JoinSet<()>) -> Result<()> {
    let Some(heartbeat) = config.heartbeat.clone() else { return Ok(()) };
    let client = Client::new(Settings { plain_loopback: true, ..Settings::default() })?;
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(heartbeat.every.get());
        loop {
            ticks.tick().await;
            let result = match (ill(&shared), vault.get(&heartbeat.url_file)) {
                (None, Some(url)) => ping(&client, &url).await,
                (Some(reason), _) => {
                    warn!(reason, "heartbeat withheld");
                    "withheld"
                }
                (None, None) => "failed",
            };
            shared.metrics.heartbeat(result);
        }
    });
    Ok(())
}

async fn ping(client: &Client, url: &Secret) -> &'static str {
    let Ok(request) = Request::new(Method::GET, url.reveal()) else {
        warn!("the heartbeat's address cannot be used");
        return "failed";
    };
    match client.send(request).await {
        Ok(response) if (200..300).contains(&response.status) => "ok",
        Ok(response) => {
            warn!(status = response.status, "heartbeat not taken");
            "failed"
        }
        Err(error) => {
            warn!(reason = %error, "heartbeat failed");
            "failed"
        }
    }
}

/// What is wrong with the path, if anything is.
fn ill(shared: &Shared) -> Option<String> {
    if let Some(reason) = shared.journal().failing {
        return Some(format!("journal: {reason}"));
    }
    if let Some((source, _)) = shared.core().senders().iter().find(|(_, heard)| heard.silent) {
        return Some(format!("no word from {source}"));
    }
    let now = shared.clock.now();
    gauges::targets(shared).into_iter().find_map(|(name, status)| {
        let late = status.oldest.is_some_and(|oldest| now.since(oldest) > TOO_OLD);
        (status.stopped || late).then(|| format!("target {name} is not told"))
    })
}
