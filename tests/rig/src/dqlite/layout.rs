//! The files of a host with MicroK8s on it, as the snap lays them out (microk8s-resources, scripts/wrappers), below a folder
//! that a program is given as its root.

#![expect(clippy::disallowed_methods, reason = "the key pair that openssl wrote is read")]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::switch::address;
use crate::place::temporary;
use crate::process::Program;

/// The port of every dqlite node of MicroK8s.
pub(super) const PORT: u16 = 19001;

/// A revision of the snap, as `current` leads to one.
const REVISION: &str = "8596";

/// A key of 4096 bits takes seconds on a busy machine.
const KEY: Duration = Duration::from_secs(120);

/// The key pair that all nodes of a cluster share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    crt: String,
    key: String,
}

impl Identity {
    /// The same for every cluster of this process: making one is slow.
    pub(super) fn of_the_cluster() -> Result<Self> {
        static MADE: OnceLock<Result<Identity, String>> = OnceLock::new();
        match MADE.get_or_init(|| Self::new().map_err(|error| format!("{error:#}"))) {
            Ok(identity) => Ok(identity.clone()),
            Err(error) => bail!("{error}"),
        }
    }

    /// One leaf that is its own root, as actions/common/utils.sh of MicroK8s makes it.
    pub(super) fn new() -> Result<Self> {
        let folder = temporary()?;
        let (crt, key) = (folder.path().join("crt"), folder.path().join("key"));
        let extensions = [
            "subjectAltName=DNS:pi-1,IP:127.0.0.1",
            "basicConstraints=CA:FALSE",
            "keyUsage=keyEncipherment,dataEncipherment,digitalSignature",
            "extendedKeyUsage=serverAuth,clientAuth",
        ];
        let words = "req -x509 -newkey rsa:4096 -sha256 -days 3650 -nodes -subj /CN=k8s";
        let program = Program::new("openssl", "openssl").args(words.split(' ')).arg("-keyout").arg(&key);
        let program = program.arg("-out").arg(&crt);
        program.args(extensions.iter().flat_map(|one| ["-addext", one])).run(KEY)?;
        Ok(Self { crt: std::fs::read_to_string(crt)?, key: std::fs::read_to_string(key)? })
    }

    /// Writes `cluster.crt` and `cluster.key` into a folder.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        write(folder, "cluster.crt", &self.crt)?;
        write(folder, "cluster.key", &self.key)
    }
}

/// Where the backend folder is, below a root.
pub(super) fn backend(root: &Path) -> PathBuf {
    root.join("var/snap/microk8s/current/var/kubernetes/backend")
}

/// Everything outside the backend folder, which stays empty: it is a disk of its own.
pub(super) fn make(root: &Path, number: u8) -> Result<()> {
    let name = name(number);
    let data = root.join("var/snap/microk8s").join(REVISION);
    let snap = root.join("snap/microk8s").join(REVISION);
    for folder in [&data.join("var/kubernetes/backend"), &data.join("var/lock"), &data.join("args"), &snap.join("meta")]
    {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::create_dir_all(root.join("etc"))?;
    symlink(REVISION, data.with_file_name("current"))?;
    symlink(REVISION, snap.with_file_name("current"))?;
    write(&data, "var/lock/ha-cluster", "")?;
    write(&data, "args/ha-conf", "failure-domain=1\n")?;
    write(&data, "args/k8s-dqlite", "--storage-dir=${SNAP_DATA}/var/kubernetes/backend/\n")?;
    write(&snap, "meta/snap.yaml", "name: microk8s\nversion: v1.32.3\n")?;
    write(root, "etc/hostname", &format!("{name}\n"))?;
    let hosts: String = (1..=9).map(|number| format!("{} pi-{number}\n", address(number))).collect();
    write(root, "etc/hosts", &format!("127.0.0.1 localhost\n{hosts}"))
}

/// What a node finds in its backend folder before its first start; the first node joins nobody.
pub(super) fn prepare(backend: &Path, number: u8, identity: &Identity) -> Result<()> {
    let mut first = format!("Address: {}:{PORT}\n", address(number));
    if number > 1 {
        first.push_str(&format!("Cluster:\n- {}:{PORT}\n", address(1)));
    }
    write(backend, "init.yaml", &first)?;
    write(backend, "failure-domain", "1\n")?;
    identity.write(backend)
}

/// What the host of a number is called.
pub(super) fn name(number: u8) -> String {
    format!("pi-{number}")
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
}
