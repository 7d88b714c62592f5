//! From the command line to roles that are ready to run: what `serve`, `once` and `explain` have in common.
//!
//! Everything here blocks, and is done before the event loop starts.

use std::path::Path;
use std::sync::Arc;

use gjallarhorn_service::config::{self, ConfigError};
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;

use crate::cli::Options;
use crate::place::Place;
use crate::registry::Settings;
use crate::selection::{self, Candidate};
use crate::sticky::Memory;

/// The parts of the program before it runs.
pub(crate) struct Assembly {
    pub(crate) settings: Settings,
    pub(crate) memory: Memory,
    pub(crate) health: Health,
    /// The roles that run; child processes have been started.
    pub(crate) roles: Vec<Arc<dyn Role>>,
}

/// The configuration file, or the defaults without one.
///
/// # Errors
/// [`ConfigError`]: the file cannot be read, or says what it may not say.
pub(crate) fn settings(file: Option<&Path>) -> Result<Settings, ConfigError> {
    file.map_or_else(|| Ok(Settings::default()), config::load)
}

/// Reads the configuration, looks at the machine, remembers what it sees, and builds the roles that run here.
///
/// # Errors
/// A bad configuration file; a role that cannot be built.
pub(crate) fn assemble(options: &Options, place: &Place) -> anyhow::Result<Assembly> {
    let settings = settings(options.config.as_deref())?;
    let mut memory = remember(&place.state);
    let health = Health::new(env!("CARGO_PKG_VERSION"));
    let mut roles = Vec::new();
    for candidate in selection::candidates(options, place, &memory) {
        tell(&candidate);
        admit(&candidate, &mut memory, &health);
        if candidate.runs() {
            roles.push((candidate.kind.build)(&settings, place, &health)?);
        }
    }
    Ok(Assembly { settings, memory, health, roles })
}

/// Remembers what was found, and tells it in the role's own row.
pub(crate) fn admit(candidate: &Candidate, memory: &mut Memory, health: &Health) {
    let (name, found) = (candidate.kind.name, candidate.sight.is_ok());
    if found && let Err(failure) = memory.learn(name) {
        tracing::warn!(role = name, error = chain(&failure), "the role will not be remembered");
    }
    let row = health.role(name);
    row.expected(candidate.expected || found);
    row.active(found);
}

/// A memory that cannot be read is no reason to see nothing.
fn remember(folder: &Path) -> Memory {
    Memory::load(folder).unwrap_or_else(|failure| {
        tracing::warn!(error = chain(&failure), "what was seen here before is not known");
        Memory::none(folder)
    })
}

/// Says in one line of the log what a role finds.
pub(crate) fn tell(candidate: &Candidate) {
    let role = candidate.kind.name;
    match &candidate.sight {
        Ok(found) => tracing::info!(role, found, "the role runs"),
        Err(_) if !candidate.runs() => tracing::info!(role, "this machine has nothing for the role"),
        Err(failure) if candidate.finds_nothing() => {
            tracing::warn!(role, error = chain(failure), "the role is expected here and finds nothing yet");
        }
        Err(failure) => tracing::warn!(role, error = chain(failure), "the role runs and cannot look"),
    }
}
