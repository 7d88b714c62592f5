//! One dqlite node on its host, and what can be done to it.

#![expect(clippy::disallowed_methods, reason = "the node's own files are looked at")]

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;

use super::layout::{self, Identity};
use super::space::Space;
use crate::process::Running;
use crate::wait::PATIENCE;

/// How often the leader looks at the roles: MicroK8s takes 30 s, a test cannot wait that long.
const ROLES_EVERY: &str = "3s";

/// A disk of its own for the backend folder, small enough to be filled at once.
const DISK: &str = "size=160m";

/// Handing over takes ten seconds at most, closing a few more.
const STOP: Duration = Duration::from_secs(60);

/// A host with a node.
#[derive(Debug)]
pub struct Node {
    number: u8,
    program: PathBuf,
    root: PathBuf,
    running: Option<Running>,
    frozen: bool,
    space: Space,
}

impl Node {
    /// A host without a cable, its node not started.
    pub(super) fn make(number: u8, program: &Path, folder: &Path, identity: &Identity) -> Result<Self> {
        let space = Space::new(&layout::name(number))?;
        let root = folder.join(layout::name(number));
        layout::make(&root, number)?;
        let node = Self { number, program: program.to_path_buf(), root, running: None, frozen: false, space };
        let backend = layout::backend(&node.root);
        node.space.shell(&format!("mount -t tmpfs -o {DISK} tmpfs {}", backend.display()))?;
        layout::prepare(&node.seen(), number, identity)?;
        Ok(node)
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// What its host is called.
    #[must_use]
    pub fn name(&self) -> String {
        layout::name(self.number)
    }

    /// Its address and port, good on the hosts only.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", super::switch::address(self.number), layout::PORT)
    }

    /// Its host.
    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    /// The process that holds its host's namespaces, for `nsenter --target PID --net --mount`.
    #[must_use]
    pub fn host_pid(&self) -> u32 {
        self.space.pid()
    }

    /// The process of the node, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Running::pid)
    }

    /// What a program on the host takes as its root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its backend folder as seen from here.
    fn seen(&self) -> PathBuf {
        self.space.seen(&layout::backend(&self.root))
    }

    /// Starts it; it takes part once the others let it.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(&mut self) -> Result<()> {
        let program = self.space.program(&self.name(), &self.program).args(["serve", "--roles-every", ROLES_EVERY]);
        self.running = Some(program.arg("--storage-dir").arg(layout::backend(&self.root)).start()?);
        Ok(())
    }

    /// Waits until it takes part in the cluster.
    ///
    /// # Errors
    /// When it ends or does not get there; its log is in the error.
    pub fn ready(&mut self) -> Result<()> {
        self.running()?.wait_for_line(" ready", PATIENCE).map(drop)
    }

    /// A crash (SIGKILL).
    ///
    /// # Errors
    /// When it was not running.
    pub fn kill(&mut self) -> Result<()> {
        self.running()?.kill()?;
        self.running = None;
        self.frozen = false;
        Ok(())
    }

    /// Stops it as `snap stop` does: it hands its roles over first, if anybody takes them. A frozen node is killed, as the
    /// service manager does when its patience is over.
    ///
    /// # Errors
    /// When it was not running or does not end.
    pub fn stop(&mut self) -> Result<()> {
        if self.frozen {
            return self.kill();
        }
        self.running()?.terminate(STOP)?;
        self.running = None;
        Ok(())
    }

    /// Freezes it (SIGSTOP): its ports stay open and nobody answers.
    ///
    /// # Errors
    /// When it was not running.
    pub fn freeze(&mut self) -> Result<()> {
        self.running()?.signal(Signal::SIGSTOP)?;
        self.frozen = true;
        Ok(())
    }

    /// Ends a freeze.
    ///
    /// # Errors
    /// When it was not running.
    pub fn thaw(&mut self) -> Result<()> {
        self.running()?.signal(Signal::SIGCONT)?;
        self.frozen = false;
        Ok(())
    }

    /// Whether it was started and has not been ended here.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.running.is_some()
    }

    /// Whether it was started and has ended by itself since.
    pub fn has_died(&mut self) -> bool {
        self.running.as_mut().is_some_and(Running::has_ended)
    }

    /// Its log since the last start.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.as_ref().map(Running::log).unwrap_or_default()
    }

    /// Fills the disk under its backend folder to the last byte.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn fill_disk(&self) -> Result<()> {
        let filler = layout::backend(&self.root).join("filler");
        let line = format!("cat /dev/zero >{0} 2>/dev/null; test -s {0}", filler.display());
        self.space.shell(&line).map(drop)
    }

    /// Gives the disk its room back.
    ///
    /// # Errors
    /// When nothing filled it.
    pub fn empty_disk(&self) -> Result<()> {
        std::fs::remove_file(self.seen().join("filler")).context("remove what fills the disk")
    }

    /// Turns one byte in the middle of its newest closed segment over. To be done while it does not run.
    ///
    /// # Errors
    /// When it has no closed segment.
    pub fn corrupt_segment(&self) -> Result<PathBuf> {
        let Some(newest) = self.closed_segments()?.pop() else { bail!("{} has no closed segment", self.name()) };
        let file = OpenOptions::new().read(true).write(true).open(&newest)?;
        let middle = file.metadata()?.len() / 2;
        let mut byte = [0];
        file.read_exact_at(&mut byte, middle)?;
        file.write_all_at(&[!byte[0]], middle)?;
        Ok(newest)
    }

    /// Closed segments, oldest first: their names are the first and the last index.
    fn closed_segments(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(self.seen())? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.len() == 33 && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// How many members its `cluster.yaml` lists: whom it can ask when it starts again. Rewritten with each look at the roles.
    ///
    /// # Errors
    /// When it has none, or none yet.
    pub fn remembered(&self) -> Result<usize> {
        let path = self.seen().join("cluster.yaml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        Ok(text.lines().filter(|line| line.contains("Address:")).count())
    }

    /// Puts a key pair in place that the others do not know; read at the next start.
    ///
    /// # Errors
    /// When openssl cannot make one.
    pub fn take_foreign_certificate(&self) -> Result<()> {
        Identity::new()?.write(&self.seen())
    }

    /// Puts the key pair of the cluster back.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn take_own_certificate(&self) -> Result<()> {
        Identity::of_the_cluster()?.write(&self.seen())
    }

    fn running(&mut self) -> Result<&mut Running> {
        let name = layout::name(self.number);
        self.running.as_mut().with_context(|| format!("{name} is not running"))
    }
}
