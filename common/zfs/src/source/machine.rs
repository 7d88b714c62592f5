//! A machine's kernel files about ZFS, below a root: what can be read at any time without waiting for a lock.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gjallarhorn_service::bounded;
use gjallarhorn_service::clock::Timestamp;
use gjallarhorn_service::failure::{Failure, FailureKind};

use crate::parse::kstat::{self, Malformed, StateWord};

#[cfg(test)]
mod tests;

/// One word or number.
const WORD_LIMIT: usize = 4096;
/// 120 bytes for each of the groups kept (100 by default, settable).
const TXGS_LIMIT: usize = 4 * 1024 * 1024;
/// Far more pools than a machine has.
const POOLS_LIMIT: usize = 1000;

/// A machine, or a recording of one.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
    recording: bool,
}

/// What the kernel files of one pool say.
#[derive(Debug)]
pub struct PoolFiles {
    /// The pool's name.
    pub name: String,
    /// Its state.
    pub state: Result<StateWord, Failure>,
    /// How long the group of writes on its way to disk has been in its present step; `None` if that is not recorded.
    pub syncing: Result<Option<Duration>, Failure>,
}

impl Machine {
    /// The machine below `root`.
    #[must_use]
    pub fn new(root: &Path) -> Machine {
        Machine { root: root.to_owned(), recording: is_recording(root) }
    }

    /// The version of the loaded module, `2.3.9-1`.
    ///
    /// # Errors
    /// `absent` if no module is loaded.
    pub fn version(&self) -> Result<String, Failure> {
        let text = bounded::read_text(&self.root.join("sys/module/zfs/version"), WORD_LIMIT)?;
        Ok(text.trim().to_owned())
    }

    /// The features that the module supports, in their short form.
    ///
    /// # Errors
    /// `absent` if no module is loaded.
    pub fn features(&self) -> Result<Vec<String>, Failure> {
        bounded::list(&self.root.join("sys/module/zfs/features.pool"), POOLS_LIMIT)
    }

    /// The machine's host id, as the module has it: its parameter, or the file the parameter stands for.
    #[must_use]
    pub fn hostid(&self) -> Option<u64> {
        let set = bounded::read_text(&self.root.join("sys/module/spl/parameters/spl_hostid"), WORD_LIMIT).ok();
        match set.and_then(|text| text.trim().parse().ok()) {
            Some(0) | None => {
                let bytes = bounded::read(&self.root.join("etc/hostid"), WORD_LIMIT).ok()?;
                bytes.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes).into())
            }
            set => set,
        }
    }

    /// The pools that the kernel knows, imported or not quite.
    ///
    /// # Errors
    /// `absent` if no module is loaded.
    pub fn pools(&self) -> Result<Vec<String>, Failure> {
        let folder = self.kstats();
        let names = folders(&folder).map_err(|error| Failure::io("list", &folder, error))?;
        if names.len() > POOLS_LIMIT {
            return Err(Failure::new(FailureKind::Oversized, "list", folder.display().to_string()));
        }
        // Other things have folders there too; a pool is what has a state.
        Ok(names.into_iter().filter(|name| folder.join(name).join("state").exists()).collect())
    }

    /// The live state of one pool.
    ///
    /// # Errors
    /// Whatever reading the file gave.
    pub fn state(&self, name: &str) -> Result<StateWord, Failure> {
        read(&self.kstats().join(name).join("state"), WORD_LIMIT, kstat::state)
    }

    /// What the files of one pool say at `now`.
    #[must_use]
    pub fn pool(&self, name: &str, now: Timestamp) -> PoolFiles {
        let folder = self.kstats().join(name);
        PoolFiles {
            name: name.to_owned(),
            state: self.state(name),
            syncing: self
                .moment(now)
                .and_then(|now| read(&folder.join("txgs"), TXGS_LIMIT, |bytes| kstat::syncing(bytes, now.monotonic))),
        }
    }

    /// The moment at which the machine is looked at: `now`, or for a recording the moment of its making.
    ///
    /// # Errors
    /// A recording without `proc/uptime`.
    pub fn moment(&self, now: Timestamp) -> Result<Timestamp, Failure> {
        if !self.recording {
            return Ok(now);
        }
        let uptime = self.seconds("proc/uptime", |text| text.split_whitespace().next())?;
        // Without the time of its boot, a recording's scans are reckoned against today.
        let booted = self.seconds("proc/stat", |text| text.lines().find_map(|line| line.strip_prefix("btime ")));
        // The kernel's stamps are of another clock than `proc/uptime`, and near enough on a machine that just booted.
        Ok(Timestamp::at(booted.map_or(now.unix, |booted| booted + uptime), uptime))
    }

    fn seconds(&self, file: &str, find: impl FnOnce(&str) -> Option<&str>) -> Result<Duration, Failure> {
        let path = self.root.join(file);
        let text = bounded::read_text(&path, WORD_LIMIT)?;
        let seconds = find(&text).and_then(|word| word.trim().parse::<f64>().ok());
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .ok_or_else(|| Failure::new(FailureKind::Malformed, "read", path.display().to_string()))
    }

    fn kstats(&self) -> PathBuf {
        self.root.join("proc/spl/kstat/zfs")
    }
}

fn read<T>(path: &Path, limit: usize, parse: impl FnOnce(&[u8]) -> Result<T, Malformed>) -> Result<T, Failure> {
    let bytes = bounded::read(path, limit)?;
    parse(&bytes)
        .map_err(|error| Failure::new(FailureKind::Malformed, "read", path.display().to_string()).because(error))
}

/// A recording has a folder where a machine has the device; one of a machine whose device hung has neither, and says what it
/// is.
fn is_recording(root: &Path) -> bool {
    match fs::metadata(root.join("dev/zfs")) {
        Ok(device) => device.is_dir(),
        Err(_) => root.join("SOURCE").is_file(),
    }
}

/// The folders in a folder, sorted. `bounded::list` does not tell folders from the thirty files beside them, and a name
/// that is not UTF-8 cannot be a pool's.
fn folders(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)?.take(POOLS_LIMIT * 2) {
        let entry = entry?;
        if entry.file_type()?.is_dir()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}
