//! A network and a mount namespace, held open by a process that only sleeps.
//!
//! They have no name: when the last process in them ends, they are gone with all addresses and mounts. Each process that is
//! started here is killed by the kernel when the thread that started it ends, however that came about.

#![expect(clippy::disallowed_methods, reason = "a namespace is a file")]

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::sched::{CloneFlags, setns};

use crate::process::{Program, Running};
use crate::wait::PATIENCE;

/// The namespaces of one host.
#[derive(Debug)]
pub(super) struct Space {
    holder: Running,
}

impl Space {
    /// Makes both, with nothing in them but loopback.
    pub(super) fn new(name: &str) -> Result<Self> {
        let line = "ip link set lo up && echo open && exec sleep infinity";
        let program = tied(name).args(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", line]);
        let mut holder = program.start()?;
        holder.wait_for_line("open", PATIENCE).context("namespaces are made as root, with unshare and ip")?;
        Ok(Self { holder })
    }

    /// The process that holds them.
    pub(super) fn pid(&self) -> u32 {
        self.holder.pid()
    }

    /// A program that runs in them; its process id is the one that is started.
    pub(super) fn program(&self, name: &str, path: impl AsRef<OsStr>) -> Program {
        let pid = self.pid().to_string();
        tied(name).args(["nsenter", "--target", &pid, "--net", "--mount", "--"]).arg(path)
    }

    /// Runs a line of shell in them and returns what it printed.
    pub(super) fn shell(&self, line: &str) -> Result<String> {
        self.program("sh", "sh").args(["-c", line]).run(PATIENCE).with_context(|| line.to_owned())
    }

    /// Where a path of theirs is seen from outside, mounts included.
    pub(super) fn seen(&self, path: &Path) -> PathBuf {
        let inside = path.strip_prefix("/").unwrap_or(path);
        Path::new("/proc").join(self.pid().to_string()).join("root").join(inside)
    }

    /// Moves the calling thread into the network, for good.
    pub(super) fn enter_network(pid: u32) -> Result<()> {
        let path = format!("/proc/{pid}/ns/net");
        let file = File::open(&path).with_context(|| format!("open {path}"))?;
        setns(file, CloneFlags::CLONE_NEWNET).with_context(|| format!("enter {path}"))
    }
}

/// A program that is killed when the thread that starts it ends.
fn tied(name: &str) -> Program {
    Program::new(name, "setpriv").args(["--pdeathsig", "KILL"])
}
