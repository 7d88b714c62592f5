//! `serve`: the service, until it is told to end.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use gjallarhorn_service::http::{About, Listeners, Site};
use gjallarhorn_service::program::Program;
use gjallarhorn_service::roles::Roles;
use gjallarhorn_service::{Failure, runtime};

use super::explain;
use crate::assembly::{self, Assembly};
use crate::cli::Options;
use crate::place::Place;
use crate::registry::{self, Settings};

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
    let Assembly { settings, health, roles } = assembly::assemble(options, place)?;
    let reload = reloader(options.config.clone(), settings);
    runtime::block_on(async move {
        let explained = explain::routes(&roles)?;
        let roles = Roles::start(roles, &health)?;
        let mut site = Site::new(ABOUT).metrics(roles.scrape()).ready(roles.readiness());
        for (path, route) in explained {
            site = site.link(&path, "what is seen, from which source, how old, who watches it").route(route);
        }
        for address in listeners.addresses() {
            tracing::info!(%address, version = ABOUT.version, "serving");
        }
        Program::new(site, listeners).reload(reload).run().await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the file again. A bad one changes nothing; what a running role cannot take over is said.
fn reloader(
    file: Option<PathBuf>,
    mut current: Settings,
) -> impl FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send + 'static {
    move || {
        let new = assembly::settings(file.as_deref())?;
        if new == current {
            return Ok(String::from("nothing has changed"));
        }
        current = new;
        Ok(String::from("taken over"))
    }
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
