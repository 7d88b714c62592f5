//! Our exporter on a host, its port reached from here.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::door::Door;
use super::node::Node;
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
    running: Running,
    door: Door,
    folder: TempDir,
    program: std::path::PathBuf,
}

impl Watch {
    /// Starts it on the host of `node` and waits until it answers.
    ///
    /// # Errors
    /// When it cannot be built or does not answer; its log is in the error.
    pub fn start(node: &Node) -> Result<Self> {
        let folder = temporary()?;
        let program = program("gjallarhorn-exporter")?;
        let command = on(node, &program, folder.path()).arg("serve");
        let mut running = command.args(["--web.listen-address", &format!("127.0.0.1:{THERE}")]).start()?;
        let door = Door::open(node.space(), THERE)?;
        running.wait_for_http(&format!("http://127.0.0.1:{}/-/ready", door.port()), 200, PATIENCE)?;
        Ok(Self { running, door, folder, program })
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

    /// Runs one of its verbs on the host, to its end: the exit code and what it printed.
    ///
    /// # Errors
    /// When it does not end, or was ended by a signal.
    pub fn verb(&self, node: &Node, words: &[&str]) -> Result<(i32, String)> {
        let mut running = on(node, &self.program, self.folder.path()).args(words).start()?;
        let status = running.ended(ANSWER)?;
        let log = running.log();
        let code = status.code().with_context(|| format!("{words:?} ended with {status}:\n{log}"))?;
        Ok((code, log))
    }
}

/// The exporter on the host of `node`, with the host's files as its root.
fn on(node: &Node, program: &Path, state: &Path) -> Program {
    let command = node.space().program("exporter", program).args(["--role", "quorum", "--root"]).arg(node.root());
    command.arg("--state-dir").arg(state)
}
