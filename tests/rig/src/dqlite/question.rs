//! What is asked of the cluster through its own Go client: deliberately not ours, whose faults must not hide.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::layout::{Identity, PORT};
use super::space::Space;
use super::switch::address;
use crate::place::checkout;
use crate::process::{Program, Running};
use crate::wait::PATIENCE;

/// Debian's Go and dqlite build in a minute; a root of another release takes five.
const BUILD: Duration = Duration::from_secs(1800);

/// One node's answer, or the lack of it.
const ANSWER: &str = "3s";

/// A member as a table has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// Its id; above 2^53.
    #[serde(rename = "ID")]
    pub id: u64,
    /// Its address and port.
    #[serde(rename = "Address")]
    pub address: String,
    /// Its role.
    #[serde(rename = "Role")]
    pub role: Role,
}

/// What a member may do (go-dqlite, client/protocol).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum Role {
    /// Votes and keeps the log.
    Voter,
    /// Keeps the log and waits to vote.
    StandBy,
    /// Does neither.
    Spare,
}

impl TryFrom<u8> for Role {
    type Error = String;

    fn try_from(code: u8) -> Result<Self, String> {
        [Self::Voter, Self::StandBy, Self::Spare].get(usize::from(code)).copied().ok_or(format!("no role {code}"))
    }
}

/// What one node says by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    /// Its address.
    pub asked: String,
    /// Why it did not answer; empty when it did.
    #[serde(default)]
    pub error: String,
    /// The leader it knows of; empty for none.
    pub leader: String,
    /// Its table.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub members: Vec<Member>,
}

impl Answer {
    /// Whether the node says of itself that it leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.error.is_empty() && self.leader == self.asked
    }

    /// The number of the node.
    #[must_use]
    pub fn number(&self) -> Option<u8> {
        self.asked.rsplit_once(':')?.0.rsplit_once('.')?.1.parse().ok()
    }
}

fn null_is_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Member>, D::Error> {
    Ok(Option::<Vec<Member>>::deserialize(from)?.unwrap_or_default())
}

/// The node's program, built first when it is not in the cache. `GJALLARHORN_DQLITE=trixie` takes Debian 13's.
pub(super) fn program() -> Result<PathBuf> {
    let suite = std::env::var_os("GJALLARHORN_DQLITE").unwrap_or_else(|| "host".into());
    let build = Program::new("build.sh", checkout().join("tests/rig/dqlite/build.sh")).arg(suite);
    let log = build.run(BUILD)?;
    Ok(PathBuf::from(log.trim().lines().last().unwrap_or_default()))
}

/// The Go client, with the key pair and every node's address.
#[derive(Debug)]
pub(super) struct Client {
    program: PathBuf,
    certificates: PathBuf,
    nodes: Vec<String>,
}

impl Client {
    /// Asks with the cluster's own key pair, of which it keeps a copy below `folder`.
    pub(super) fn new(program: &Path, identity: &Identity, folder: &Path) -> Result<Self> {
        let certificates = folder.join("client");
        std::fs::create_dir_all(&certificates)?;
        identity.write(&certificates)?;
        Ok(Self { program: program.to_path_buf(), certificates, nodes: Vec::new() })
    }

    /// From now on it knows the nodes up to `size`.
    pub(super) fn everybody(&mut self, size: u8) {
        self.nodes = (1..=size).map(reached).collect();
    }

    /// What `answers` runs.
    pub(super) fn question(&self) -> Vec<String> {
        let program = [&self.program, &self.certificates].map(|path| path.display().to_string());
        let words = [&program[0], "status", "--deadline", ANSWER, "--certs", &program[1]].map(str::to_owned);
        words.into_iter().chain(self.nodes.iter().cloned()).collect()
    }

    fn verb(&self, hub: &Space, verb: &str) -> Program {
        hub.program("dqnode", &self.program).args([verb, "--certs"]).arg(&self.certificates)
    }

    /// One row before `deadline`.
    pub(super) fn commits(&self, hub: &Space, deadline: Duration) -> Result<bool> {
        let limit = format!("{}s", deadline.as_secs());
        let program = self.verb(hub, "commit").args(["--deadline", &limit]).args(&self.nodes);
        let mut running = program.start()?;
        let status = running.ended(deadline + PATIENCE)?;
        let log = running.log();
        anyhow::ensure!(status.success() || log.contains("not committed"), "dqnode commit: {status}:\n{log}");
        Ok(status.success())
    }

    pub(super) fn burst(&self, hub: &Space) -> Result<()> {
        let program = self.verb(hub, "commit").args(["--deadline", "60s", "--count", "48", "--bytes", "524288"]);
        program.args(&self.nodes).run(PATIENCE * 2).map(drop)
    }

    /// One row each 200 ms, until it is dropped.
    pub(super) fn writer(&self, hub: &Space) -> Result<Running> {
        self.verb(hub, "write").args(&self.nodes).start()
    }

    pub(super) fn answers(&self, hub: &Space) -> Result<Vec<Answer>> {
        let printed = self.verb(hub, "status").args(["--deadline", ANSWER]).args(&self.nodes).run(PATIENCE)?;
        let lines = printed.lines().filter(|line| line.starts_with('{'));
        lines.map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }

    pub(super) fn remove(&self, hub: &Space, number: u8) -> Result<()> {
        self.verb(hub, "remove").args(["--member", &reached(number)]).args(&self.nodes).run(PATIENCE).map(drop)
    }

    pub(super) fn add(&self, hub: &Space, number: u8) -> Result<()> {
        self.verb(hub, "add").args(["--member", &reached(number)]).args(&self.nodes).run(PATIENCE).map(drop)
    }
}

fn reached(number: u8) -> String {
    format!("{}:{PORT}", address(number))
}
