//! What the kernel says of itself. None of these files can block.

use std::fs;
use std::path::Path;

use gjallarhorn_service::{Failure, FailureKind};

use super::root::{Root, absent_is};
use crate::parse::auxv::{self, Auxv};
use crate::parse::swaps::{self, Swaps};
use crate::parse::{Malformed, arch, cgroups, stat};

#[cfg(test)]
mod tests;

/// One word or a short list.
const WORD_LIMIT: usize = 4096;
/// More swap devices than the kernel takes (32), each of the longest path.
const SWAPS_LIMIT: usize = 256 * 1024;
/// A line per interrupt and processor of a large machine.
const STAT_LIMIT: usize = 4 * 1024 * 1024;
/// The hostname namespace in which the machine itself stands (`PROC_UTS_INIT_INO` of the kernel).
const FIRST_UTS: &str = "uts:[4026531838]";

/// What was read, each by itself.
#[derive(Debug)]
pub struct Kernel {
    /// The hostname.
    pub hostname: Result<String, Failure>,
    /// Whether memory of control groups can be accounted and limited.
    pub memory_cgroup: Result<bool, Failure>,
    /// The size of a page, and how wide this process is.
    pub auxv: Result<Auxv, Failure>,
    /// Whether the kernel is a 64-bit one, as far as it says so itself.
    pub is_64bit: Option<bool>,
    /// Seconds since 1970 at which it started.
    pub boot_time: Result<u64, Failure>,
}

impl Kernel {
    /// Reads all of it.
    #[must_use]
    pub fn read(root: &Root) -> Kernel {
        let auxv = auxv(root);
        let arch = root.text("proc/sys/kernel/arch", WORD_LIMIT).ok();
        // A process of 64 bits runs on no other kernel; one of 32 bits tells nothing.
        let wide = auxv.as_ref().ok().filter(|auxv| auxv.is_64bit).map(|_| true);
        Kernel {
            hostname: hostname(root),
            memory_cgroup: memory_cgroup(root),
            is_64bit: arch.map(|arch| arch::is_64bit(&arch)).or(wide),
            auxv,
            boot_time: boot_time(root),
        }
    }
}

/// Which swap is on.
///
/// # Errors
/// `absent` if the kernel has no swap at all; `malformed` if the file has another form.
pub fn swaps(root: &Root) -> Result<Swaps, Failure> {
    let path = "proc/swaps";
    swaps::swaps(&root.read(path, SWAPS_LIMIT)?).map_err(|error| malformed(path, error))
}

fn hostname(root: &Root) -> Result<String, Failure> {
    let path = "proc/sys/kernel/hostname";
    // The file says the name of the reader's own namespace, wherever it is mounted. A recording has no such link.
    let namespace = root.text_of_link("proc/self/ns/uts");
    let is_another = namespace.is_some_and(|namespace| namespace != FIRST_UTS);
    // A machine that is a container itself (LXC) has a namespace of its own too, and no hostname mounted into it.
    if is_another && (!root.is_own() || root.is_of_container()) {
        let why = "this container has a hostname of its own; with the host's network it has the host's";
        return Err(Failure::new(FailureKind::Unsupported, "read", path).because(why));
    }
    Ok(root.text(path, WORD_LIMIT)?.trim_end().to_owned())
}

fn memory_cgroup(root: &Root) -> Result<bool, Failure> {
    let unified = root.text("sys/fs/cgroup/cgroup.controllers", WORD_LIMIT);
    match absent_is(None, unified.map(Some))? {
        Some(text) => Ok(cgroups::memory_of_controllers(&text)),
        None => Ok(cgroups::memory_of_table(&root.text("proc/cgroups", WORD_LIMIT)?)),
    }
}

fn auxv(root: &Root) -> Result<Auxv, Failure> {
    let path = "proc/self/auxv";
    auxv::auxv(&root.read(path, WORD_LIMIT)?).map_err(|error| malformed(path, error))
}

fn boot_time(root: &Root) -> Result<u64, Failure> {
    let path = "proc/stat";
    stat::boot_time(&root.text(path, STAT_LIMIT)?).map_err(|error| malformed(path, error))
}

/// A file that could be read and not understood.
pub(crate) fn malformed(path: &str, error: Malformed) -> Failure {
    Failure::new(FailureKind::Malformed, "read", format!("/{path}")).because(error)
}

impl Root {
    /// The target of a link of the kernel that stands for no path.
    fn text_of_link(&self, path: &str) -> Option<String> {
        let target = fs::read_link(self.place(Path::new(path))).ok()?;
        target.into_os_string().into_string().ok()
    }
}
