//! A real machine with a real OpenZFS, driven through `tests/rig/zfs/rig.sh`.

#![expect(clippy::disallowed_methods, reason = "the guest's console is a file")]

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::place::{checkout, temporary};
use crate::process::Program;

/// Building the image for the first time takes minutes; booting a cached one seconds.
const BUILD_AND_BOOT: Duration = Duration::from_secs(1800);

/// Longer than any command here takes on a busy machine without virtualisation.
const COMMAND: Duration = Duration::from_secs(180);

/// A running guest, switched off when dropped.
#[derive(Debug)]
pub struct Guest {
    folder: TempDir,
}

/// A command that still runs in the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job(String);

impl Guest {
    /// Boots the guest (the image is built when it is not in the cache). Each of `ports` is a port of 127.0.0.1 here and the
    /// port it leads to there.
    ///
    /// # Errors
    /// When qemu is missing, the image cannot be built, or the guest does not get ready.
    pub fn start(ports: &[(u16, u16)]) -> Result<Self> {
        let guest = Self { folder: temporary()? };
        let mut program = rig("start");
        for (here, there) in ports {
            program = program.arg("--port").arg(format!("{here}:{there}"));
        }
        program.arg(guest.folder.path()).run(BUILD_AND_BOOT)?;
        Ok(guest)
    }

    /// Runs a command to its end and returns what it printed.
    ///
    /// # Errors
    /// When it fails, with its output, or takes too long.
    pub fn run(&self, command: &[&str]) -> Result<String> {
        rig("exec")
            .arg("--timeout")
            .arg(COMMAND.as_secs().to_string())
            .arg(self.folder.path())
            .arg("--")
            .args(command)
            .run(COMMAND * 2)
    }

    /// Runs a line of shell.
    ///
    /// # Errors
    /// As [`Guest::run`].
    pub fn shell(&self, line: &str) -> Result<String> {
        self.run(&["sh", "-c", line])
    }

    /// Plays a step of the guest's `scenario`.
    ///
    /// # Errors
    /// As [`Guest::run`].
    pub fn scenario(&self, step: &[&str]) -> Result<()> {
        let mut command = vec!["/rig/scenario"];
        command.extend_from_slice(step);
        self.run(&command).map(drop)
    }

    /// Starts a command and does not wait for it.
    ///
    /// # Errors
    /// When the guest does not take it.
    pub fn spawn(&self, command: &[&str]) -> Result<Job> {
        let name = rig("spawn").arg(self.folder.path()).arg("--").args(command).run(COMMAND)?;
        Ok(Job(name.trim().to_owned()))
    }

    /// Waits for the end of a command.
    ///
    /// # Errors
    /// When it fails, with its output, or takes longer than `patience`.
    pub fn wait(&self, job: &Job, patience: Duration) -> Result<String> {
        let limit = patience.as_secs().to_string();
        rig("wait").arg("--timeout").arg(limit).arg(self.folder.path()).arg(&job.0).run(patience * 2)
    }

    /// Copies a file into the guest, executable bit included.
    ///
    /// # Errors
    /// When it cannot be read here or written there.
    pub fn put(&self, file: &Path, there: &str) -> Result<()> {
        rig("put").arg(self.folder.path()).arg(file).arg(there).run(COMMAND).map(drop)
    }

    /// Fails if the guest's kernel had an oops, a failed assertion or a lock-up.
    ///
    /// # Errors
    /// With the lines of the kernel log.
    pub fn no_kernel_fault(&self) -> Result<()> {
        let found = rig("faults").arg(self.folder.path()).run(COMMAND)?;
        ensure!(found.trim().is_empty(), "the guest's kernel failed:\n{found}");
        Ok(())
    }

    /// What the kernel wrote on its console.
    #[must_use]
    pub fn console(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("console")).unwrap_or_default()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        drop(rig("stop").arg(self.folder.path()).run(COMMAND));
    }
}

fn rig(verb: &str) -> Program {
    Program::new("rig.sh", checkout().join("tests/rig/zfs/rig.sh")).arg(verb)
}
