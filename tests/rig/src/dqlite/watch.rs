//! Our exporter on a host, its port reached from here.

use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::door::Door;
use super::node::Node;
use super::switch::address;
use super::{Cluster, layout};
use crate::chain::Page;
use crate::place::{program, temporary};
use crate::process::{Program, Running};
use crate::wait::PATIENCE;

/// Where the quorum role listens when it is served alone.
const THERE: u16 = 19137;

/// Longer than any deadline of the exporter's own.
const ANSWER: Duration = Duration::from_secs(60);

/// The file that says that somebody asked for the node.
const ASKED: &str = "asked-to-start";

/// A running exporter with the role `quorum` and nothing else.
#[derive(Debug)]
pub struct Watch {
    number: u8,
    host: String,
    door: Door,
    running: Running,
    program: PathBuf,
    folder: TempDir,
}

impl Watch {
    /// One on each host of a cluster; each knows the others by name.
    ///
    /// # Errors
    /// When one cannot be built or does not answer; its log is in the error.
    pub fn all(cluster: &Cluster) -> Result<Vec<Self>> {
        let config = configuration(cluster.nodes().iter().map(Node::number));
        cluster.nodes().iter().map(|node| Self::start(node, &config)).collect()
    }

    fn start(node: &Node, config: &str) -> Result<Self> {
        let folder = temporary()?;
        std::fs::write(folder.path().join("exporter.yml"), config)?;
        let program = program("gjallarhorn-exporter")?;
        let command = on(node, &program, folder.path()).arg("serve");
        let mut running = command.args(["--web.listen-address", &format!("0.0.0.0:{THERE}")]).start()?;
        let door = Door::open(node.space(), THERE)?;
        running.wait_for_http(&format!("http://127.0.0.1:{}/-/ready", door.port()), 200, PATIENCE)?;
        Ok(Self { number: node.number(), host: node.name(), door, running, program, folder })
    }

    /// The number of its node.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// What its host is called.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port on this side that leads to it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.door.port()
    }

    /// The process of the exporter.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// What it serves now.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn page(&self) -> Result<Page> {
        Page::scrape(self.port())
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }

    /// Runs what a person types on its host, and starts the node if that asks for it (`microk8s start`): the exit code and
    /// what was printed.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub fn types(&self, cluster: &mut Cluster, commands: &str) -> Result<(i32, String)> {
        let folder = self.folder.path();
        let node = cluster.node(self.number)?;
        let flags = flags(node, folder);
        let words: Vec<_> = flags.iter().map(|flag| flag.to_string_lossy()).collect();
        let bin = tools(folder, &format!("{} {}", self.program.display(), words.join(" ")))?;
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let ended = end(node.space().program("person", "sh").env("PATH", path).args(["-ec", commands]))?;
        if folder.join(ASKED).exists() {
            std::fs::remove_file(folder.join(ASKED))?;
            node.start()?;
        }
        Ok(ended)
    }

    /// Runs one of its verbs on its host, to the end: the exit code and what was printed.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub fn verb(&self, cluster: &Cluster, words: &[&str]) -> Result<(i32, String)> {
        let node = cluster.nodes().iter().find(|node| node.number() == self.number).context("its host is gone")?;
        end(on(node, &self.program, self.folder.path()).args(words))
    }

    /// Runs a verb that asks the service which runs, as it is typed on the host: with nothing but where that service is.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub fn verb_of_service(&self, words: &[&str]) -> Result<(i32, String)> {
        let address = format!("--web.listen-address=127.0.0.1:{}", self.port());
        end(Program::new("exporter", &self.program).args(words).arg(address))
    }
}

/// What a person finds on the host: `microk8s`, which asks the rig to start the node, and the exporter with its flags.
fn tools(folder: &Path, exporter: &str) -> Result<PathBuf> {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin)?;
    let microk8s = format!("[ \"$*\" = start ] && touch {}", folder.join(ASKED).display());
    for (name, line) in [("microk8s", microk8s), ("gjallarhorn-exporter", format!("exec {exporter} \"$@\""))] {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{line}\n"))?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o755))?;
    }
    Ok(bin)
}

/// Runs a program to its end: its exit code and what it printed.
fn end(program: Program) -> Result<(i32, String)> {
    let mut running = program.start()?;
    let status = running.ended(ANSWER)?;
    let log = running.log();
    let code = status.code().with_context(|| format!("ended with {status}:\n{log}"))?;
    Ok((code, log))
}

/// The exporter on the host of `node`.
fn on(node: &Node, program: &Path, folder: &Path) -> Program {
    node.space().program("exporter", program).args(flags(node, folder))
}

/// With the host's files as its root.
fn flags(node: &Node, folder: &Path) -> [OsString; 8] {
    let config = folder.join("exporter.yml");
    let words = ["--role", "quorum", "--root", "", "--config", "", "--state-dir", ""];
    let mut flags = words.map(OsString::from);
    (flags[3], flags[5], flags[7]) = (node.root().into(), config.into(), folder.into());
    flags
}

/// What the hosts are called, and where their exporters answer.
fn configuration(numbers: impl Iterator<Item = u8>) -> String {
    let mut text = format!("quorum:\n  exporters:\n    port: {THERE}\n  nodes:\n");
    for number in numbers {
        text.push_str(&format!("    {}: {}\n", address(number), layout::name(number)));
    }
    text
}
