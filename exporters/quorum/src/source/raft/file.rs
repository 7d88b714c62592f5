//! Reading in a folder that others write.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use gjallarhorn_service::{Failure, FailureKind};
use nix::libc;

use crate::parse::raft::names::{Name, Snapshot, name};
use crate::parse::raft::segment::Bytes;

/// More files than a log has: dqlite keeps some thousand entries behind a snapshot.
const FILES: usize = 20_000;

/// Device and inode: what stays the same when a segment is renamed.
pub(super) type Identity = (u64, u64);

/// The names of the log's files in a folder, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Lists the log's files. Others are passed over, whatever their names are.
pub(super) fn list(folder: &Path) -> Result<Names, Failure> {
    let failed = |error: io::Error| Failure::io("list", folder, error);
    let mut names = Vec::new();
    for (count, entry) in fs::read_dir(folder).map_err(failed)?.enumerate() {
        if count == FILES {
            return Err(Failure::new(FailureKind::Oversized, "list", folder.display().to_string())
                .because(format!("more than {FILES} files")));
        }
        let Ok(text) = entry.map_err(failed)?.file_name().into_string() else { continue };
        if name(&text) != Name::Other {
            names.push(text);
        }
    }
    names.sort_unstable();
    Ok(Names(names))
}

/// Bytes of all files together; nothing if one of them is gone.
pub(super) fn sizes(folder: &Path, names: &Names) -> Option<u64> {
    let sizes = names.iter().map(|name| Some(fs::symlink_metadata(folder.join(name)).ok()?.len()));
    sizes.sum()
}

/// The data of a snapshot.
pub(super) fn data(folder: &Path, snapshot: Snapshot) -> PathBuf {
    let Snapshot { term, index, timestamp } = snapshot;
    folder.join(format!("snapshot-{term}-{index}-{timestamp}"))
}

/// When a file was last written, since 1970 UTC.
pub(super) fn written(path: &Path) -> Option<Duration> {
    fs::symlink_metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()
}

/// The first bytes of a plain file, as many as there are up to `limit`, and its size.
pub(super) fn head(path: &Path, limit: usize) -> Result<(Vec<u8>, u64), Failure> {
    let failed = |error: io::Error| Failure::io("read", path, error);
    let file = open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut bytes = Vec::with_capacity(limit);
    file.take(limit as u64).read_to_end(&mut bytes).map_err(failed)?;
    Ok((bytes, size))
}

/// Opens a file if it is a plain one: a pipe or a link put in its place is not waited for and not followed.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no plain file")) }
}

/// Reads a plain file of at most `limit` bytes.
pub(super) fn small(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    head(path, limit).map(|(bytes, _)| bytes)
}

/// A segment that is open for reading.
pub(super) struct Segment {
    file: File,
    pub(super) identity: Identity,
}

impl Segment {
    pub(super) fn open(path: &Path) -> io::Result<Segment> {
        let file = open(path)?;
        let about = file.metadata()?;
        Ok(Segment { file, identity: (about.dev(), about.ino()) })
    }
}

impl Bytes for Segment {
    type Error = io::Error;

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}
