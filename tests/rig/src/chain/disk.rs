//! A small file system that only one program sees: to be filled or turned read-only, and to outlive the program.
//!
//! It is mounted in a mount namespace which a sleeping process holds open; nothing else on the machine sees it. Needs root.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Result;

use crate::process::{Program, Running};
use crate::wait::PATIENCE;

/// The mounted disk; gone when dropped.
#[derive(Debug)]
pub(super) struct Disk(Running);

impl Disk {
    /// Mounts one over `folder`, with these mount options of tmpfs.
    pub(super) fn mount(folder: &Path, options: &str) -> Result<Self> {
        let line = "mount -t tmpfs -o \"$2\" tmpfs \"$1\" && echo mounted && exec sleep infinity";
        let program = Program::new("disk of its own", "unshare").args(["--mount", "--propagation", "private"]);
        let program = program.args(["sh", "-c", line, "sh"]).arg(folder).arg(options);
        let mut holder = program.start()?;
        holder.wait_for_line("mounted", PATIENCE)?;
        Ok(Self(holder))
    }

    /// A program that sees the disk.
    pub(super) fn within(&self, path: impl AsRef<OsStr>) -> Program {
        let pid = self.0.pid().to_string();
        Program::new("program on the disk", "nsenter").args(["--target", &pid, "--mount", "--"]).arg(path)
    }
}
