//! One look at all of MicroK8s' files on this node, each reading by itself.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use gjallarhorn_service::{Failure, FailureKind, bounded};

use crate::model::View;
use crate::model::names;
use crate::parse::certificate::Certificate;
use crate::parse::files::{Info, Lock};
use crate::source::microk8s::{self, Aio, Microk8s, Snap, Table};
use crate::source::services::{self, Usage};
use crate::words::{Authority, CERTIFICATES};

/// A host name is at most 64 bytes.
const HOST_LIMIT: usize = 1024;

/// What was read, or why not.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) backend: PathBuf,
    pub(crate) info: Result<Info, Failure>,
    pub(crate) table: Result<Table, Failure>,
    pub(crate) locks: Result<BTreeSet<Lock>, Failure>,
    pub(crate) certificates: Vec<(&'static str, Result<Certificate, Failure>)>,
    pub(crate) snap: Result<Snap, Failure>,
    pub(crate) aio: Result<Aio, Failure>,
    /// The services that run.
    pub(crate) services: Result<Vec<Usage>, Failure>,
    pub(crate) host: Result<String, Failure>,
    /// Whether this node's address is one of this machine's; `None` if the address is a name, or not known.
    pub(crate) address_local: Option<bool>,
}

impl Files {
    /// Reads everything. Blocks.
    pub(crate) fn look(microk8s: &Microk8s, root: &Path) -> Files {
        let info = microk8s.info();
        Files {
            backend: microk8s.backend(),
            address_local: info.as_ref().ok().and_then(|info| is_local(&info.address)),
            info,
            table: microk8s.table(),
            locks: microk8s.locks(),
            certificates: CERTIFICATES.iter().map(|file| (*file, microk8s.certificate(file))).collect(),
            snap: microk8s.snap(),
            aio: microk8s.aio(),
            services: services::look(root),
            host: host(root),
        }
    }

    /// Each reading that is told in the registry of sources: its name and why it failed. What MicroK8s does not need to
    /// have is told only if it is there and cannot be read.
    pub(crate) fn readings(&self) -> Vec<(&'static str, Option<&Failure>)> {
        let mut readings = vec![("info.yaml", self.info.as_ref().err()), ("cluster.yaml", self.table.as_ref().err())];
        let locks = [("var/lock", self.locks.as_ref().err()), ("snap.yaml", self.snap.as_ref().err())];
        let certificates = self.certificates.iter().map(|(file, read)| (*file, read.as_ref().err()));
        let absent = |failure: &Failure| failure.kind == FailureKind::Absent;
        let optional = locks.into_iter().chain(certificates);
        readings.extend(optional.filter(|(_, failure)| !failure.is_some_and(absent)));
        readings.extend(self.counts());
        readings
    }

    /// The kernel's counts by the file they stand in, each with the first failure among the services.
    fn counts(&self) -> Vec<(&'static str, Option<&Failure>)> {
        let services = match &self.services {
            Ok(services) => services,
            Err(failure) => return vec![("cpu.stat", Some(failure))],
        };
        let waited = services.iter().flat_map(|service| &service.waited).find_map(|(_, waited)| waited.as_ref().err());
        vec![
            ("cpu.stat", services.iter().find_map(|service| service.cpu.as_ref().err())),
            ("memory.current", services.iter().find_map(|service| service.memory.as_ref().err())),
            ("pressure", waited),
        ]
    }

    /// The checks of who this node is, as far as each can be made: the word, and whether it holds.
    pub(crate) fn identity(&self, view: &View, resolvable: Option<bool>) -> Vec<(&'static str, bool)> {
        let own = self.info.as_ref().ok();
        let in_table = own.filter(|_| view.is_vouched()).map(|info| view.member(&info.address).is_some());
        let fresh = self.table.as_ref().ok().filter(|_| view.authority == Authority::Leader);
        let fresh = fresh.map(|table| view.is_table(&table.members));
        let checks = [
            ("address_local", self.address_local),
            ("address_resolvable", resolvable),
            ("in_table", in_table),
            ("cluster_yaml_fresh", fresh),
        ];
        checks.into_iter().filter_map(|(check, holds)| Some((check, holds?))).collect()
    }
}

fn is_local(address: &str) -> Option<bool> {
    let address: IpAddr = names::host(address).parse().ok()?;
    microk8s::is_local(address)
}

fn host(root: &Path) -> Result<String, Failure> {
    let text = bounded::read_text(&root.join("proc/sys/kernel/hostname"), HOST_LIMIT)?;
    Ok(text.trim().to_owned())
}
