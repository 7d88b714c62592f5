//! Looks at dqlite's data folder: term and vote, how far the log came, what is missing, how much room is left.
//!
//! It needs no help of dqlite, which may be dead or frozen, and it disturbs none: files are opened for reading and never
//! locked. They move while they are read (an open segment becomes a closed one, old ones are deleted), so a look that
//! saw the folder change is begun again.

mod file;
mod log;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind};
use nix::sys::statvfs::statvfs;

use super::grant::explained;
use crate::parse::raft::log::Listing;
use crate::parse::raft::names::Snapshot;
use crate::parse::raft::segment::Walk;
use crate::parse::raft::{self, Metadata, snapshot};
use file::{Identity, Names};

/// Looks that are tried while the folder changes under the eyes. dqlite moves a file every few seconds at most.
const LOOKS: usize = 50;
/// Readings of the two metadata files while one of them is being written.
const READINGS: usize = 5;

/// A data folder, and how far its segments were walked at the last look.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    walks: BTreeMap<Identity, Walk>,
}

/// What one look saw.
#[derive(Debug)]
pub struct Store {
    /// Term and vote; nothing if the node never wrote them.
    pub metadata: Result<Option<Metadata>, Failure>,
    /// How far the log came.
    pub log: Result<Log, Failure>,
    /// Finished segments.
    pub closed_segments: u64,
    /// Segments being written or waiting for it; with none the node cannot write.
    pub open_segments: u64,
    /// Places at which the log does not go on where it should.
    pub gaps: u64,
    /// Files that dqlite set aside as broken.
    pub quarantined: u64,
    /// The newest snapshot of which both files are there.
    pub snapshot: Option<Snapshot>,
    /// When its file was last written, since 1970 UTC.
    pub snapshot_taken: Option<Duration>,
    /// Bytes of its content unpacked: the database as it was then; `None` without a snapshot.
    pub database: Option<Result<u64, Failure>>,
    /// Bytes of all files of the log, snapshots and files set aside included.
    pub bytes: u64,
    /// The file system it stands on.
    pub space: Result<Space, Failure>,
}

/// The end of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its last entry; written, and not necessarily agreed upon. 0 if there is none.
    pub last_index: u64,
    /// The term of that entry, if it can be told.
    pub term: Option<u64>,
}

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes that a program without privileges can still write.
    pub free: u64,
    /// Bytes that root can still write, as whom MicroK8s runs dqlite: what is set aside for it included.
    pub left: u64,
    /// Bytes of the whole file system.
    pub size: u64,
}

impl Folder {
    /// The folder at `path`; nothing is read yet.
    #[must_use]
    pub fn new(path: &Path) -> Folder {
        Folder { path: path.to_owned(), walks: BTreeMap::new() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks. Blocks for as long as the file system does.
    ///
    /// # Errors
    /// `absent`, `denied`, `refused` if the folder cannot be listed; `oversized` if it has more than 20,000 files;
    /// `timeout` if it changed during each of fifty looks.
    pub fn look(&mut self) -> Result<Store, Failure> {
        for _ in 0..LOOKS {
            let names = file::list(&self.path).map_err(explained)?;
            if let Some(store) = self.once(&names)? {
                return Ok(store);
            }
        }
        Err(Failure::new(FailureKind::Timeout, "read", self.path.display().to_string())
            .because("its files move faster than they can be read"))
    }

    /// One look; nothing if a file moved meanwhile.
    fn once(&mut self, names: &Names) -> Result<Option<Store>, Failure> {
        let listing = Listing::of(names.iter());
        let Some(sizes) = file::sizes(&self.path, names) else { return Ok(None) };
        let log = match log::end(&self.path, &listing, &mut self.walks) {
            log::End::Moved => return Ok(None),
            log::End::Seen(log) => log.map_err(explained),
        };
        let snapshot = listing.snapshot();
        let data = snapshot.map(|snapshot| file::data(&self.path, snapshot));
        let snapshot_taken = data.as_deref().and_then(file::written);
        let database = data.map(|path| database(&path).map_err(explained));
        // A folder of many files is not listed in one piece: one that was renamed meanwhile may be missing.
        if file::list(&self.path)? != *names {
            return Ok(None);
        }
        Ok(Some(Store {
            metadata: metadata(&self.path).map_err(explained),
            log,
            closed_segments: listing.closed.len() as u64,
            open_segments: listing.open.len() as u64,
            gaps: listing.gaps(),
            quarantined: listing.quarantined,
            snapshot,
            snapshot_taken,
            database,
            bytes: sizes,
            space: space(&self.path),
        }))
    }
}

/// The higher of the two files. One that is being written looks cut short, so that case is read again.
fn metadata(folder: &Path) -> Result<Option<Metadata>, Failure> {
    let mut newest = None;
    for _ in 0..READINGS {
        let (mut cut, mut found) = (false, None);
        for name in ["metadata1", "metadata2"] {
            let path = folder.join(name);
            let bytes = match file::small(&path, 2 * raft::METADATA_BYTES) {
                Err(failure) if failure.kind == FailureKind::Absent => continue,
                bytes => bytes?,
            };
            let one = raft::metadata(&bytes).map_err(|error| malformed(&path).because(error))?;
            cut |= one.is_none();
            found = newer(found, one);
        }
        newest = newer(newest, found);
        if !cut {
            break;
        }
    }
    Ok(newest)
}

fn newer(one: Option<Metadata>, other: Option<Metadata>) -> Option<Metadata> {
    one.into_iter().chain(other).max_by_key(|metadata| metadata.version)
}

/// What the head of a snapshot's data says of its content.
fn database(path: &Path) -> Result<u64, Failure> {
    let (head, size) = file::head(path, snapshot::HEAD_BYTES)?;
    snapshot::content(&head, size).map_err(|error| malformed(path).because(error))
}

fn malformed(path: &Path) -> Failure {
    Failure::new(FailureKind::Malformed, "read", path.display().to_string())
}

fn space(folder: &Path) -> Result<Space, Failure> {
    let about = statvfs(folder).map_err(|error| Failure::io("measure", folder, error.into()))?;
    let block = about.fragment_size();
    let bytes = |blocks: u64| blocks.saturating_mul(block);
    Ok(Space { free: bytes(about.blocks_available()), left: bytes(about.blocks_free()), size: bytes(about.blocks()) })
}
