//! The roles of a running service, and how they change: by a new configuration, or because something is found late.
//!
//! Both build whatever can fail before they change anything.

use std::error::Error;
use std::sync::Arc;

use gjallarhorn_service::Failure;
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::Role;
use gjallarhorn_service::roles::Roles;

use crate::assembly::{self, Assembly};
use crate::cli::Options;
use crate::place::Place;
use crate::registry::{ROLES, Settings};
use crate::selection::{self, Candidate};
use crate::sticky::Memory;
use crate::verbs::explain::Explanations;

/// What runs, and what is needed to change it.
pub(crate) struct Keeper {
    options: Options,
    place: Place,
    settings: Settings,
    memory: Memory,
    health: Health,
    roles: Roles,
    explanations: Arc<Explanations>,
    /// Names of the roles that run.
    running: Vec<&'static str>,
}

impl Keeper {
    /// Starts the roles. Call it inside the runtime.
    ///
    /// # Errors
    /// `refused`: the system gives no thread.
    pub(crate) fn start(
        options: &Options,
        place: &Place,
        assembly: Assembly,
        explanations: Arc<Explanations>,
    ) -> Result<Keeper, Failure> {
        let Assembly { settings, memory, health, roles } = assembly;
        let running = roles.iter().map(|role| role.name()).collect();
        let roles = Roles::start(roles, &health)?;
        let (options, place) = (options.clone(), place.clone());
        Ok(Keeper { options, place, settings, memory, health, roles, explanations, running })
    }

    /// The running roles.
    pub(crate) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Reads the configuration file again, builds anew the roles whose section has changed, and looks for those that
    /// did not run. One line about it.
    ///
    /// # Errors
    /// A bad file, or a role that cannot be built: everything stays as it was.
    pub(crate) fn reload(&mut self) -> Result<String, Box<dyn Error + Send + Sync>> {
        let settings = assembly::settings(self.options.config.as_deref())?;
        let changed = ROLES.iter().filter(|kind| !(kind.same)(&self.settings, &settings));
        let affected = changed.filter(|kind| self.running.contains(&kind.name));
        let built: Result<Vec<_>, Failure> =
            affected.map(|kind| (kind.build)(&settings, &self.place, &self.health)).collect();
        let built = built?;
        let anew: Vec<&str> = built.iter().map(|role| role.name()).collect();
        built.into_iter().try_for_each(|role| self.put(role))?;
        self.settings = settings;
        Ok(outcome(&anew, &self.look_again()))
    }

    /// Looks for the roles that do not run, and starts those that are there now. Their names.
    pub(crate) fn look_again(&mut self) -> Vec<&'static str> {
        let candidates = selection::candidates(&self.options, &self.place, &self.memory);
        let missing = candidates.into_iter().filter(|candidate| !self.running.contains(&candidate.kind.name));
        let found: Vec<Candidate> = missing.filter(Candidate::runs).collect();
        found.iter().filter(|candidate| self.join(candidate)).map(|candidate| candidate.kind.name).collect()
    }

    /// Starts a role that was found late; false if it cannot be started.
    fn join(&mut self, candidate: &Candidate) -> bool {
        assembly::tell(candidate);
        assembly::admit(candidate, &mut self.memory, &self.health);
        let built = (candidate.kind.build)(&self.settings, &self.place, &self.health);
        let joined = built.and_then(|role| self.put(role));
        if let Err(failure) = &joined {
            tracing::error!(role = candidate.kind.name, error = chain(failure), "the role cannot be started");
        }
        joined.is_ok()
    }

    fn put(&mut self, role: Arc<dyn Role>) -> Result<(), Failure> {
        let name = role.name();
        self.explanations.put(Arc::clone(&role));
        self.roles.put(role)?;
        if !self.running.contains(&name) {
            self.running.push(name);
        }
        Ok(())
    }
}

/// What a reload did, in one line.
fn outcome(anew: &[&str], found: &[&str]) -> String {
    match (anew, found) {
        ([], []) => String::from("nothing has changed"),
        (anew, []) => format!("anew: {}", anew.join(", ")),
        ([], found) => format!("found: {}", found.join(", ")),
        (anew, found) => format!("anew: {}; found: {}", anew.join(", "), found.join(", ")),
    }
}
