//! What can change while the router runs: routes, timing, and every secret. Everything that can fail is built first.
//!
//! Targets, sockets and the state directory are started once; a file that changes them is refused with a sentence that
//! says so, and nothing changes.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_engine::Event;
use gjallarhorn_service::config::load;
use gjallarhorn_service::secret::environment;
use tokio::task::JoinSet;
use tracing::info;

use super::{boot, gauges};
use crate::config::{Config, check};
use crate::keeper::Desk;
use crate::secrets::Vault;
use crate::shared::Shared;

/// How often secret files are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// Where the configuration came from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file; `None` runs on defaults.
    pub path: Option<PathBuf>,
    /// Flags that stand above the file.
    pub overrides: Overrides,
    /// The user insisted on an open door.
    pub allow_unauthenticated: bool,
}

/// Flags that stand above the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Addresses.
    pub listen: Vec<String>,
    /// The state directory.
    pub state_dir: Option<PathBuf>,
}

impl Source {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// In whole sentences: what is wrong and where.
    pub fn read(&self) -> Result<Config, Box<dyn Error + Send + Sync>> {
        let mut config = match &self.path {
            Some(path) => load::<Config>(path)?,
            None => Config::default(),
        };
        if !self.overrides.listen.is_empty() {
            config.listen.clone_from(&self.overrides.listen);
        }
        if let Some(directory) = &self.overrides.state_dir {
            config.state_dir.clone_from(directory);
        }
        let wrong = check(&config, self.allow_unauthenticated);
        if wrong.is_empty() {
            return Ok(config);
        }
        let place = self.path.as_ref().map_or_else(String::new, |path| format!("{}: ", path.display()));
        Err(wrong.iter().map(|complaint| format!("{place}{complaint}")).collect::<Vec<_>>().join("\n").into())
    }
}

/// What SIGHUP does.
pub fn reloader(
    source: Source,
    running: Arc<Config>,
    shared: Arc<Shared>,
    vault: Arc<Vault>,
) -> impl FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send + 'static {
    move || {
        let config = source.read()?;
        if let Some(section) = needs_restart(&running, &config) {
            return Err(format!("`{section}` has changed, and that needs a restart; nothing was changed").into());
        }
        let policy = boot::policy(&config).map_err(|error| error.to_string())?;
        shared.core().engine.set_policy(policy);
        let secrets = vault.refresh(&environment);
        shared.announce(u64::MAX);
        Ok(format!("routes and timing are in force, {secrets} secrets have changed"))
    }
}

/// The first section that cannot change while the router runs.
fn needs_restart(running: &Config, wanted: &Config) -> Option<&'static str> {
    [
        ("listen", running.listen != wanted.listen),
        ("state_dir", running.state_dir != wanted.state_dir),
        ("intake", running.intake != wanted.intake),
        ("senders", running.senders != wanted.senders),
        ("discord", running.discord != wanted.discord),
        ("mail", running.mail != wanted.mail),
        ("preview", running.preview != wanted.preview),
        ("keep", running.keep != wanted.keep),
        ("heartbeat", running.heartbeat != wanted.heartbeat),
    ]
    .into_iter()
    .find_map(|(section, changed)| changed.then_some(section))
}

/// Looks at the secret files now and then; a target that was stopped for its secret is tried again with the new one.
pub fn watch_secrets(vault: Arc<Vault>, shared: Arc<Shared>, desk: Desk, tasks: &mut JoinSet<()>) {
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let looking = vault.clone();
            let changed = tokio::task::spawn_blocking(move || looking.refresh(&environment)).await.unwrap_or(0);
            if changed == 0 {
                continue;
            }
            info!(changed, "secrets were read again");
            for (target, _) in gauges::targets(&shared).into_iter().filter(|(_, status)| status.stopped) {
                let _ = desk.report(Event::Resumed { target }, Vec::new()).await;
            }
        }
    });
}
