//! What MicroK8s' services take of this machine, as the kernel counts it for the group that systemd puts each into.
//!
//! A service that does not run has no group, which is no failure. What a kernel does not count (memory with
//! `cgroup_disable=memory`, waiting with `psi=0`) is missing by itself and hides nothing else.

use std::path::Path;
use std::time::Duration;

use gjallarhorn_service::bounded;
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::{Failure, FailureKind};

use crate::parse::{cgroup, files};
use crate::words::{RESOURCES, SERVICES};

#[cfg(test)]
mod tests;

/// Where systemd keeps the groups of services, below the root.
const GROUPS: &str = "sys/fs/cgroup/system.slice";
/// Far more than one of these files has.
const LIMIT_BYTES: usize = 16 * 1024;

/// A service that runs, with all its processes.
#[derive(Debug)]
pub struct Usage {
    /// Which one, of [`SERVICES`].
    pub service: &'static str,
    /// Time on processors since it was started.
    pub cpu: Result<Duration, Failure>,
    /// Bytes of memory, the pages of files that are kept for it included.
    pub memory: Result<u64, Failure>,
    /// Time in which some of it waited, since it was started; in the order of [`RESOURCES`].
    pub waited: Vec<(&'static str, Result<Duration, Failure>)>,
}

/// Each service that runs.
///
/// # Errors
/// `absent` if there are no groups of version 2 here.
pub fn look(root: &Path) -> Result<Vec<Usage>, Failure> {
    let groups = root.join(GROUPS);
    // Every group of version 2 has this file, and none of version 1.
    bounded::read(&groups.join("cgroup.controllers"), LIMIT_BYTES).map_err(|failure| {
        Failure::new(failure.kind, "find", "the kernel's counts (control groups of version 2)").because(chain(&failure))
    })?;
    Ok(SERVICES.iter().filter_map(|service| usage(&groups, service)).collect())
}

fn usage(groups: &Path, service: &'static str) -> Option<Usage> {
    let group = groups.join(format!("snap.microk8s.daemon-{service}.service"));
    let cpu = read(&group.join("cpu.stat"), cgroup::cpu);
    if cpu.as_ref().is_err_and(|failure| failure.kind == FailureKind::Absent) {
        return None;
    }
    let memory = read(&group.join("memory.current"), files::number);
    let waited =
        |resource: &&'static str| (*resource, read(&group.join(format!("{resource}.pressure")), cgroup::waited));
    Some(Usage { service, cpu, memory, waited: RESOURCES.iter().map(waited).collect() })
}

fn read<T, E>(path: &Path, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Failure>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let text = bounded::read_text(path, LIMIT_BYTES)?;
    parse(&text)
        .map_err(|error| Failure::new(FailureKind::Malformed, "read", path.display().to_string()).because(error))
}
