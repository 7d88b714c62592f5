//! The root of the machine that is looked at: `/`, the host's root below a folder of a container, or a recording.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use gjallarhorn_service::{Failure, FailureKind, bounded};

use crate::parse::mounts;

#[cfg(test)]
mod tests;

/// Far more entries than a folder of settings has.
const ENTRIES_LIMIT: usize = 10_000;
/// As many links in one path as the kernel follows.
const LINKS_LIMIT: usize = 40;
/// A host with very many containers.
const MOUNTS_LIMIT: usize = 4 * 1024 * 1024;

/// The root of a machine. Paths are given relative to it and without a leading slash.
#[derive(Clone, Debug)]
pub struct Root {
    folder: PathBuf,
    is_own: bool,
}

/// What stands at a path; a link is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Absent,
    /// A link with this target.
    Link(PathBuf),
    /// A file of this many bytes, or anything else that is no folder.
    File(u64),
    /// A folder.
    Folder,
}

impl Root {
    /// The machine below `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Root {
        Root { folder: folder.to_owned(), is_own: folder == Path::new("/") }
    }

    /// The same, as if it were the root of this process.
    #[cfg(test)]
    pub(crate) fn made_own(self) -> Root {
        Root { is_own: true, ..self }
    }

    /// Whether this is the root of the process itself.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// As [`bounded::read`].
    pub fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Failure> {
        bounded::read(&self.resolve(path)?, limit)
    }

    /// Reads a whole text.
    ///
    /// # Errors
    /// As [`bounded::read_text`].
    pub fn text(&self, path: &str, limit: usize) -> Result<String, Failure> {
        bounded::read_text(&self.resolve(path)?, limit)
    }

    /// The names in a folder, sorted; none if there is no such folder.
    ///
    /// # Errors
    /// As [`bounded::list`], but for `absent`.
    pub fn list(&self, path: &str) -> Result<Vec<String>, Failure> {
        absent_is(Vec::new(), bounded::list(&self.resolve(path)?, ENTRIES_LIMIT))
    }

    /// What stands at a path.
    ///
    /// # Errors
    /// `denied` if a folder on the way may not be searched.
    pub fn entry(&self, path: &str) -> Result<Entry, Failure> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let place = self.resolve(folder)?.join(name);
        let look = || match fs::symlink_metadata(&place)? {
            found if found.is_symlink() => Ok(Entry::Link(fs::read_link(&place)?)),
            found if found.is_dir() => Ok(Entry::Folder),
            found => Ok(Entry::File(found.len())),
        };
        absent_is(Entry::Absent, look().map_err(|error: io::Error| Failure::io("look at", &place, error)))
    }

    /// The path that a link chain ends at, as the machine names it (`/dev/sda2`); the path itself if it is no link.
    ///
    /// # Errors
    /// `refused` if the links go in a circle.
    pub fn end_of(&self, path: &str) -> Result<String, Failure> {
        let below = self.follow(path)?;
        Ok(format!("/{}", below.display()))
    }

    /// Whether the files of the host are below this root, and not those of a container that stands beside it.
    ///
    /// # Errors
    /// `absent` if they are not, `denied` if that may not be found out.
    pub fn is_of_host(&self) -> Result<(), Failure> {
        let missing = |why: &str| Err(Failure::new(FailureKind::Absent, "find", "the files of the host").because(why));
        if self.is_own && self.is_of_container() {
            return missing("this is a container: mount the host's root read-only and name it with --root");
        }
        match self.entry("etc")? {
            Entry::Absent => missing("there is no etc below the root: mount the host's read-only"),
            _ => Ok(()),
        }
    }

    /// Whether this process stands in a container: every runtime mounts the container's own hostname there, no host does.
    #[must_use]
    pub fn is_of_container(&self) -> bool {
        let mounts = self.read("proc/self/mountinfo", MOUNTS_LIMIT);
        mounts.is_ok_and(|text| mounts::is_mount_point(&text, "/etc/hostname"))
    }

    /// Where a path is, no link followed.
    pub(super) fn place(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// Where a path is, links followed as the machine itself would: an absolute one begins at this root again.
    fn resolve(&self, path: &str) -> Result<PathBuf, Failure> {
        if self.is_own { Ok(self.folder.join(path)) } else { Ok(self.folder.join(self.follow(path)?)) }
    }

    fn follow(&self, path: &str) -> Result<PathBuf, Failure> {
        let mut rest = parts(Path::new(path));
        let mut at = PathBuf::new();
        let mut links = 0;
        while let Some(part) = rest.pop_front() {
            if part == ".." {
                at.pop();
                continue;
            }
            let next = at.join(&part);
            // What is no link, is not there or may not be looked at is told by whoever opens it.
            let Ok(target) = fs::read_link(self.folder.join(&next)) else {
                at = next;
                continue;
            };
            links += 1;
            if links > LINKS_LIMIT {
                let why = "its links go in a circle";
                return Err(Failure::new(FailureKind::Refused, "follow", path).because(why));
            }
            if target.is_absolute() {
                at = PathBuf::new();
            }
            let mut before = parts(&target);
            before.append(&mut rest);
            rest = before;
        }
        Ok(at)
    }
}

/// The steps of a path, `..` among them.
fn parts(path: &Path) -> VecDeque<OsString> {
    let steps = path.components().filter(|one| matches!(one, Component::Normal(_) | Component::ParentDir));
    steps.map(|one| one.as_os_str().to_owned()).collect()
}

/// What is not there is no failure.
pub(super) fn absent_is<T>(otherwise: T, outcome: Result<T, Failure>) -> Result<T, Failure> {
    match outcome {
        Err(failure) if failure.kind == FailureKind::Absent => Ok(otherwise),
        outcome => outcome,
    }
}
