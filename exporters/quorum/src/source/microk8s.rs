//! The files of MicroK8s on this node: who it thinks it is, whom it knows, what is switched off, how long certificates hold.
//!
//! Every reading is its own: one file that cannot be read hides no other, and its failure names the command that grants it.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use gjallarhorn_service::bounded;
use gjallarhorn_service::{Failure, FailureKind};

use super::grant::explained;
use crate::parse::certificate::{self, Certificate};
use crate::parse::files::{self, Info, Lock};
use crate::parse::wire::Member;

#[cfg(test)]
mod tests;

/// Where the snap's data is, below the root. `current` is a link to the revision.
const DATA: &str = "/var/snap/microk8s/current";
/// Where the database is, unless `args/k8s-dqlite` says otherwise.
const BACKEND: &str = "/var/snap/microk8s/current/var/kubernetes/backend";
/// Where the snap itself is.
const SNAP: &str = "/snap/microk8s/current";

/// Far more than any of these files has, and few enough that even the most crooked YAML takes no second.
const LIMIT_BYTES: usize = 64 * 1024;
/// Far more locks than there are kinds.
const LOCKS: usize = 1000;

/// MicroK8s on the machine below a root.
#[derive(Clone, Debug)]
pub struct Microk8s {
    root: PathBuf,
    backend: Option<PathBuf>,
}

/// The table that go-dqlite wrote to `cluster.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its members.
    pub members: Vec<Member>,
    /// When it was written, since 1970 UTC: every 30 seconds while there is a leader.
    pub written: Option<Duration>,
}

/// The installed snap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snap {
    /// Its version: `v1.32.3`.
    pub version: String,
    /// Its revision, a number in the store's counting; `x1` for one built at home.
    pub revision: Option<String>,
}

/// Requests to disks that are not waited for; dqlite cannot start without some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aio {
    /// Reserved on the whole host.
    pub reserved: u64,
    /// May be reserved.
    pub limit: u64,
}

impl Microk8s {
    /// The machine below `root`.
    #[must_use]
    pub fn new(root: &Path) -> Microk8s {
        Microk8s { root: root.to_owned(), backend: None }
    }

    /// The same with its database in `folder` below the root, whatever MicroK8s says.
    #[must_use]
    pub fn with_backend(self, folder: &Path) -> Microk8s {
        Microk8s { backend: Some(folder.to_owned()), ..self }
    }

    /// Whether there is a MicroK8s at all.
    ///
    /// # Errors
    /// `absent` if not.
    pub fn present(&self) -> Result<(), Failure> {
        let path = self.below(DATA);
        fs::metadata(&path).map(drop).map_err(|error| explained(Failure::io("find", &path, error)))
    }

    /// The folder of the database. What says that it was moved may not be readable; then it is where it usually is.
    #[must_use]
    pub fn backend(&self) -> PathBuf {
        if let Some(folder) = &self.backend {
            return self.root.join(folder.strip_prefix("/").unwrap_or(folder));
        }
        let arguments = bounded::read_text(&self.data("args/k8s-dqlite"), LIMIT_BYTES).unwrap_or_default();
        self.below(&files::storage_dir(&arguments, DATA).unwrap_or_else(|| BACKEND.to_owned()))
    }

    /// Who this node is in the cluster.
    ///
    /// # Errors
    /// Whatever reading the file gave.
    pub fn info(&self) -> Result<Info, Failure> {
        read(&self.backend().join("info.yaml"), files::info)
    }

    /// The table of members on disk.
    ///
    /// # Errors
    /// Whatever reading the file gave.
    pub fn table(&self) -> Result<Table, Failure> {
        let path = self.backend().join("cluster.yaml");
        Ok(Table { members: read(&path, files::cluster)?, written: written(&path) })
    }

    /// The failure domain that this node will say it is in.
    ///
    /// # Errors
    /// Whatever reading the file gave.
    pub fn failure_domain(&self) -> Result<u64, Failure> {
        read(&self.backend().join("failure-domain"), files::number)
    }

    /// The locks that are there.
    ///
    /// # Errors
    /// Whatever listing their folder gave.
    pub fn locks(&self) -> Result<BTreeSet<Lock>, Failure> {
        let names = bounded::list(&self.data("var/lock"), LOCKS).map_err(explained)?;
        Ok(names.iter().filter_map(|name| Lock::of(name)).collect())
    }

    /// A certificate by its file: `cluster.crt` beside the database, the others in `certs`.
    ///
    /// # Errors
    /// Whatever reading the file gave; `malformed` if it holds no certificate.
    pub fn certificate(&self, file: &str) -> Result<Certificate, Failure> {
        let path = if file == "cluster.crt" { self.backend().join(file) } else { self.data("certs").join(file) };
        let pem = bounded::read(&path, LIMIT_BYTES).map_err(explained)?;
        certificate::first(&pem).map(|(_, certificate)| certificate).map_err(|error| malformed(&path).because(error))
    }

    /// The snap.
    ///
    /// # Errors
    /// Whatever reading its description gave.
    pub fn snap(&self) -> Result<Snap, Failure> {
        let snap = self.below(SNAP);
        let version = read(&snap.join("meta/snap.yaml"), files::snap_version)?;
        let revision = fs::read_link(&snap).ok().and_then(|link| Some(link.file_name()?.to_str()?.to_owned()));
        Ok(Snap { version, revision })
    }

    /// The host's account of disk requests.
    ///
    /// # Errors
    /// Whatever reading the kernel's files gave.
    pub fn aio(&self) -> Result<Aio, Failure> {
        let number = |name: &str| read(&self.below(&format!("/proc/sys/fs/{name}")), files::number);
        Ok(Aio { reserved: number("aio-nr")?, limit: number("aio-max-nr")? })
    }

    fn data(&self, path: &str) -> PathBuf {
        self.below(DATA).join(path)
    }

    /// An absolute path, below the root.
    fn below(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }
}

/// Whether an address is one of this machine's, found out by asking the system for a socket there (nothing is sent);
/// nothing if the system gives none for another reason.
#[must_use]
pub fn is_local(address: IpAddr) -> Option<bool> {
    match UdpSocket::bind((address, 0)) {
        Ok(_) => Some(true),
        Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => Some(false),
        Err(_) => None,
    }
}

fn read<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, files::Malformed>) -> Result<T, Failure> {
    let text = bounded::read_text(path, LIMIT_BYTES).map_err(explained)?;
    parse(&text).map_err(|error| malformed(path).because(error))
}

fn malformed(path: &Path) -> Failure {
    Failure::new(FailureKind::Malformed, "read", path.display().to_string())
}

fn written(path: &Path) -> Option<Duration> {
    fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()
}
