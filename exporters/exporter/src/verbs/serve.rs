//! `serve`: the service, until it is told to end.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_service::http::{About, Listeners, Site};
use gjallarhorn_service::program::Program;
use gjallarhorn_service::worker::Worker;
use gjallarhorn_service::{Failure, FailureKind, runtime};

use super::explain::Explanations;
use crate::assembly;
use crate::cli::Options;
use crate::keeper::Keeper;
use crate::place::Place;
use crate::registry::{self, ROLES};

/// How often a role that found nothing is looked for again.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Port of several roles together.
pub(super) const COMBINED_PORT: u16 = 19134;

const ABOUT: About = About {
    name: "gjallarhorn-exporter",
    version: env!("CARGO_PKG_VERSION"),
    about: "Shows Prometheus what this machine's disks, pools and sensors say.",
};

pub(super) fn run(options: &Options, place: &Place) -> anyhow::Result<ExitCode> {
    // Bound before anything is started: a port in use must not leave a child behind.
    let listeners = listeners(options)?;
    let assembly = assembly::assemble(options, place)?;
    runtime::block_on(async move {
        let explanations = Explanations::of(&assembly.roles);
        let keeper = Keeper::start(options, place, assembly, Arc::clone(&explanations))?;
        let mut site = Site::new(ABOUT).metrics(keeper.roles().scrape()).ready(keeper.roles().readiness());
        for kind in ROLES {
            site = site.link(&format!("/explain/{}", kind.name), "what the role sees, in words");
        }
        let site = site.route(explanations.route()).route(keeper.roles().answers());
        let keeper = Arc::new(Mutex::new(keeper));
        look_again_now_and_then(Arc::clone(&keeper))?;
        let reload = move || lock(&keeper).reload();
        Program::new(site, listeners).reload(reload).run().await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A machine can get its pools long after it started: a role that was not there is looked for again.
fn look_again_now_and_then(keeper: Arc<Mutex<Keeper>>) -> Result<(), Failure> {
    let worker = Worker::start("look again", move |_| drop(lock(&keeper).look_again()))
        .map_err(|error| Failure::new(FailureKind::Refused, "start", "a thread that looks again").because(error))?;
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_AGAIN);
        // The first is at once, and the machine was just looked at.
        tick.tick().await;
        loop {
            tick.tick().await;
            let Ok(ticket) = worker.begin() else { return };
            let _ = worker.landed(ticket).await;
        }
    });
    Ok(())
}

// Held over reads and writes of files: only by the threads that reload and look again, never on the event loop.
fn lock(keeper: &Mutex<Keeper>) -> MutexGuard<'_, Keeper> {
    keeper.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sockets of systemd if it gave any, else those of the flags, else the default port.
fn listeners(options: &Options) -> Result<Listeners, Failure> {
    if let Some(passed) = Listeners::from_systemd()? {
        return Ok(passed);
    }
    if options.listen.is_empty() {
        Listeners::bind(&[default_address(&options.roles)])
    } else {
        Listeners::bind(&options.listen)
    }
}

/// A role alone has its own port, so that it is found where its predecessors were.
fn default_address(roles: &[String]) -> String {
    let alone = if let [only] = roles { registry::by_name(only).map(|kind| kind.port) } else { None };
    format!(":{}", alone.unwrap_or(COMBINED_PORT))
}
