//! The small files that MicroK8s and go-dqlite write beside the log.
//!
//! None of them is to be believed over a node that answers: `info.yaml` keeps the role of its first writing, and
//! `cluster.yaml` is as old as the last leader (go-dqlite `app/app.go`, MicroK8s `scripts/wrappers`).

use serde::Deserialize;

use super::wire::{Member, Role};

#[cfg(test)]
mod tests;

/// A file that does not have the documented form.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Not the YAML it should be.
    #[error("{0}")]
    Yaml(#[from] yaml_serde::Error),
    /// More rows than a cluster has.
    #[error("{0} members")]
    Many(usize),
    /// A role that is none of the three.
    #[error("unknown role {0}")]
    Role(u64),
    /// Not the number it should hold.
    #[error("expected a number, found `{0}`")]
    NotANumber(String),
}

/// Rows of `cluster.yaml` that are taken.
const MEMBERS_LIMIT: usize = 1000;

/// Who this node is, by `info.yaml`. Its role is left out on purpose: the file keeps the first one for ever.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// Its address: host and port.
    #[serde(rename = "Address")]
    pub address: String,
    /// Its id.
    #[serde(rename = "ID")]
    pub id: u64,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Address")]
    address: String,
    /// 0 on a node that joined only halfway.
    #[serde(rename = "ID", default)]
    id: u64,
    #[serde(rename = "Role", default)]
    role: u64,
}

/// Reads `info.yaml`.
///
/// # Errors
/// [`Malformed`].
pub fn info(text: &str) -> Result<Info, Malformed> {
    Ok(yaml_serde::from_str(text)?)
}

/// Reads `cluster.yaml`; an empty file has no members.
///
/// # Errors
/// [`Malformed`].
pub fn cluster(text: &str) -> Result<Vec<Member>, Malformed> {
    let rows: Vec<Row> = if text.trim().is_empty() { Vec::new() } else { yaml_serde::from_str(text)? };
    if rows.len() > MEMBERS_LIMIT {
        return Err(Malformed::Many(rows.len()));
    }
    let member = |row: Row| {
        let role = Role::of(row.role).ok_or(Malformed::Role(row.role))?;
        Ok(Member { id: row.id, address: row.address, role })
    };
    rows.into_iter().map(member).collect()
}

/// Reads a file that holds one number, as `failure-domain` does.
///
/// # Errors
/// [`Malformed::NotANumber`].
pub fn number(text: &str) -> Result<u64, Malformed> {
    let word = text.trim();
    word.parse().map_err(|_| Malformed::NotANumber(word.chars().take(60).collect()))
}

/// Files in `var/lock` by which MicroK8s remembers what it is; each explains why high availability is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lock {
    /// The HA addon is on; all that `microk8s status` asks about "enabled".
    HaCluster,
    /// This node is a worker and has no database.
    Clustered,
    /// The database was moved elsewhere (external etcd).
    NoDqlite,
    /// `microk8s stop` was given.
    Stopped,
    /// Less than 512 MB of memory: the database is not started, silently.
    LowMemory,
    /// A join is on its way, or broke off.
    Joining,
    /// A worker that reaches the API by itself.
    NoApiserverProxy,
    /// Certificates are not made anew when an address changes.
    NoCertReissue,
}

impl Lock {
    /// Every lock, in the order of [`Lock::WORDS`].
    pub const ALL: [Lock; 8] = [
        Lock::HaCluster,
        Lock::Clustered,
        Lock::NoDqlite,
        Lock::Stopped,
        Lock::LowMemory,
        Lock::Joining,
        Lock::NoApiserverProxy,
        Lock::NoCertReissue,
    ];
    /// Label values: the files' own names.
    pub const WORDS: &'static [&'static str] = &[
        "ha-cluster",
        "clustered.lock",
        "no-k8s-dqlite",
        "stopped.lock",
        "low-memory-guard.lock",
        "join-in-progress",
        "no-apiserver-proxy",
        "no-cert-reissue",
    ];

    /// The name of the file, as a label value.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The lock of a file.
    #[must_use]
    pub fn of(name: &str) -> Option<Lock> {
        Lock::ALL.into_iter().find(|lock| lock.word() == name)
    }
}

/// The version that `meta/snap.yaml` of the snap names: `v1.32.3`.
///
/// # Errors
/// [`Malformed::Yaml`].
pub fn snap_version(text: &str) -> Result<String, Malformed> {
    #[derive(Deserialize)]
    struct Snap {
        version: String,
    }
    Ok(yaml_serde::from_str::<Snap>(text)?.version)
}

/// Where `args/k8s-dqlite` keeps the database, with `${SNAP_DATA}` put in; nothing if it does not say.
#[must_use]
pub fn storage_dir(arguments: &str, snap_data: &str) -> Option<String> {
    let words = arguments.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    let mut after_flag = false;
    let mut found = None;
    for word in words {
        if after_flag {
            found = Some(word);
        } else if let Some(value) = word.strip_prefix("--storage-dir=") {
            found = Some(value);
        }
        after_flag = word == "--storage-dir";
    }
    let found = found?.trim_matches(['"', '\'']);
    Some(found.replace("${SNAP_DATA}", snap_data).replace("$SNAP_DATA", snap_data))
}
