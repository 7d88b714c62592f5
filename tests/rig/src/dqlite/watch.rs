//! Our exporter on a host, its port reached from here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::door::Door;
use super::layout::PORT;
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
        let command = on(node, &program, &folder).arg("serve");
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

    /// Runs one of its verbs on its host, to the end: the exit code and what was printed.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub fn verb(&self, cluster: &Cluster, words: &[&str]) -> Result<(i32, String)> {
        let node = cluster.nodes().iter().find(|node| node.number() == self.number).context("its host is gone")?;
        let mut running = on(node, &self.program, &self.folder).args(words).start()?;
        let status = running.ended(ANSWER)?;
        let log = running.log();
        let code = status.code().with_context(|| format!("{words:?} ended with {status}:\n{log}"))?;
        Ok((code, log))
    }
}

/// The exporter on the host of `node`, with the host's files as its root.
fn on(node: &Node, program: &Path, folder: &TempDir) -> Program {
    let command = node.space().program("exporter", program).args(["--role", "quorum", "--root"]).arg(node.root());
    command.arg("--config").arg(folder.path().join("exporter.yml")).arg("--state-dir").arg(folder.path())
}

/// Who the others are, and where their exporters answer.
fn configuration(numbers: impl Iterator<Item = u8>) -> String {
    let mut text = "quorum:\n  nodes:\n".to_owned();
    let mut exporters = "  exporters:\n".to_owned();
    for number in numbers {
        text.push_str(&format!("    {}:{PORT}: {}\n", address(number), layout::name(number)));
        exporters.push_str(&format!("    - {}:{THERE}\n", address(number)));
    }
    text + &exporters
}
