//! A whole service: serve, reload on SIGHUP, tell systemd, end within seconds of SIGTERM.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use crate::failure::{Failure, FailureKind, chain};
use crate::http::{Limits, Listeners, Reload, Server, Site};
use crate::signal::{Asked, Signals};
use crate::worker::Worker;
use crate::{log, systemd};

/// Reads the configuration again: builds everything that can fail, then swaps. Blocks as it likes; gives one line that
/// says what changed. Runs on a worker thread, never twice at the same time.
pub type Reloader = Box<dyn FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send>;

/// A reload that takes longer is answered as failed (it still swaps when it ends).
pub const RELOAD_DEADLINE: Duration = Duration::from_secs(30);

/// How long the last log lines may take to leave.
const LOG_FLUSH: Duration = Duration::from_millis(500);

/// A program that serves until it is told to end.
pub struct Program {
    site: Site,
    listeners: Listeners,
    limits: Limits,
    reload: Option<Reloader>,
}

impl Program {
    /// A program with [`Limits::default`] that knows no reload.
    #[must_use]
    pub fn new(site: Site, listeners: Listeners) -> Program {
        Program { site, listeners, limits: Limits::default(), reload: None }
    }

    /// Other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Program {
        self.limits = limits;
        self
    }

    /// What SIGHUP and POST `/-/reload` do.
    #[must_use]
    pub fn reload(
        mut self,
        reload: impl FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send + 'static,
    ) -> Program {
        self.reload = Some(Box::new(reload));
        self
    }

    /// Serves until SIGTERM or SIGINT, then drains. Call inside the runtime. The caller returns from `main` at once
    /// afterwards, whatever threads are still stuck.
    ///
    /// # Errors
    /// A socket, a thread or a signal handler that the system refuses.
    pub async fn run(self) -> Result<(), Failure> {
        let signals = Signals::install().map_err(|error| refused("the signal handlers").because(error))?;
        let reload = self.reload.map(reload_worker).transpose()?;
        let mut site = self.site;
        site.reload = reload.clone().or(site.reload);
        for address in self.listeners.addresses() {
            tracing::info!(%address, version = site.about.version, "listening");
        }
        let (finish, finished) = oneshot::channel::<()>();
        let server = Server::new(site, self.listeners, self.limits).run(async {
            let _ = finished.await;
        });
        let serving = async {
            obey(signals, reload).await;
            systemd::stopping();
            drop(finish);
        };
        let (served, ()) = tokio::join!(server, serving);
        log::flush(LOG_FLUSH);
        served
    }
}

/// Obeys signals and keeps the watchdog quiet, until one asks to end.
async fn obey(mut signals: Signals, reload: Option<Reload>) {
    let beat = systemd::watchdog_interval().unwrap_or(Duration::from_secs(3600));
    let mut beat = tokio::time::interval(beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    systemd::ready();
    loop {
        tokio::select! {
            _ = beat.tick() => systemd::alive(),
            asked = signals.next() => match (asked, &reload) {
                (Asked::End, _) => break,
                (Asked::Reload, None) => tracing::info!("nothing to reload"),
                (Asked::Reload, Some(reload)) => {
                    // Beside this loop: a stuck reload must not keep the program from ending.
                    tokio::spawn(reload());
                }
            },
        }
    }
    tracing::info!("ending");
}

/// The reload as the site and the signals call it. Whoever asks while one is running waits for its end and then for
/// one more: the file may have changed after the first was read.
fn reload_worker(mut reloader: Reloader) -> Result<Reload, Failure> {
    let work = move |_| reloader().map_err(|error| chain(error.as_ref()));
    let worker = Worker::start("reload", work).map_err(|error| refused("the reload thread").because(error))?;
    let worker = Arc::new(worker);
    Ok(Arc::new(move || {
        let worker = Arc::clone(&worker);
        Box::pin(async move { told(&worker).await })
    }))
}

async fn told(worker: &Worker<Result<String, String>>) -> Result<String, String> {
    systemd::reloading();
    let outcome = match tokio::time::timeout(RELOAD_DEADLINE, anew(worker)).await {
        Ok(outcome) => outcome,
        Err(_) => Err("it takes too long; it goes on in the background".into()),
    };
    systemd::ready();
    match &outcome {
        Ok(line) => tracing::info!(outcome = line, "reloaded"),
        Err(why) => tracing::error!(error = why, "not reloaded, everything stays as it was"),
    }
    outcome
}

async fn anew(worker: &Worker<Result<String, String>>) -> Result<String, String> {
    let gone = |_| "the reload thread is gone".to_owned();
    if let Some(running) = worker.running() {
        let _ = worker.landed(running).await;
    }
    let ticket = worker.begin().map_err(gone)?;
    worker.landed(ticket).await.map_err(gone)?.value.clone()
}

fn refused(what: &str) -> Failure {
    Failure::new(FailureKind::Refused, "start", what)
}
