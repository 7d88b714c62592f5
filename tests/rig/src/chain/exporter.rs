//! The exporter on a recorded machine whose state a test can change under it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::page::Page;
use crate::place::{checkout, free_port, program, temporary};
use crate::process::{Program, Running};
use crate::wait::PATIENCE;

/// A recorded machine: a folder that leads to one recorded state after the other.
#[derive(Debug)]
pub struct Machine {
    folder: TempDir,
}

impl Machine {
    /// A machine in a recorded state (`2.3.9/healthy`, below `common/zfs/fixtures`).
    ///
    /// # Errors
    /// When there is no such recording.
    pub fn new(state: &str) -> Result<Self> {
        let machine = Self { folder: temporary()? };
        machine.swap(state)?;
        Ok(machine)
    }

    /// From now on the machine is in this state; nobody sees it half-way.
    ///
    /// # Errors
    /// When there is no such recording.
    pub fn swap(&self, state: &str) -> Result<()> {
        let recording = checkout().join("common/zfs/fixtures").join(state);
        ensure!(recording.join("SOURCE").is_file(), "no recording at {}", recording.display());
        let fresh = self.folder.path().join("fresh");
        symlink(&recording, &fresh).context("lead to the recording")?;
        std::fs::rename(&fresh, self.root()).context("swap the recording in")
    }

    /// What the exporter takes as its root.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("machine")
    }
}

/// A running exporter.
#[derive(Debug)]
pub struct Exporter {
    /// Its port on loopback.
    pub port: u16,
    running: Running,
    _folder: TempDir,
}

/// The kernel's full report is asked for each second, so that a test need not wait for it.
const BRISK: &str = "zfs:\n  interval: 1s\n";

impl Exporter {
    /// Starts it on `root` and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be built or does not get ready; its log is in the error.
    pub fn start(root: &Path) -> Result<Self> {
        let folder = temporary()?;
        let config = folder.path().join("exporter.yml");
        std::fs::write(&config, BRISK)?;
        let port = free_port()?;
        let program = Program::new("exporter", program("gjallarhorn-exporter")?).arg("serve");
        let program =
            program.arg("--config").arg(&config).arg("--root").arg(root).arg("--state-dir").arg(folder.path());
        let mut running = program.args(["--web.listen-address", &format!("127.0.0.1:{port}")]).start()?;
        running.wait_for_http(&format!("http://127.0.0.1:{port}/-/ready"), 200, PATIENCE)?;
        Ok(Self { port, running, _folder: folder })
    }

    /// What it serves now.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn page(&self) -> Result<Page> {
        Page::scrape(self.port)
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }

    /// Asks it to end.
    ///
    /// # Errors
    /// When it has not ended within `patience`.
    pub fn terminate(&mut self, patience: Duration) -> Result<()> {
        let status = self.running.terminate(patience)?;
        ensure!(status.success(), "the exporter ended with {status}:\n{}", self.running.log());
        Ok(())
    }
}
