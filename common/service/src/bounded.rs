//! Reading files and folders with a limit, a typed failure and the path in every error.
//!
//! These calls block, and a file of a dying device can block for ever: they belong on a [`crate::worker::Worker`],
//! never on the event loop. The size a file claims is not trusted (kernel files report 0 or 4096).

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, OFlag};
use nix::sys::stat::Mode;

use crate::failure::{Failure, FailureKind};

/// Room for what most kernel files hold, so that they are read in one piece.
const FIRST_BYTES: usize = 16 * 1024;

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// `absent`, `denied`, `refused` as the system says; `oversized` if there is one byte more than `limit`.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let file = open(path)?;
    let mut bytes = Vec::with_capacity(FIRST_BYTES.min(limit.saturating_add(1)));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|error| Failure::io("read", path, error))?;
    if bytes.len() > limit {
        return Err(oversized("read", path, limit, "bytes"));
    }
    Ok(bytes)
}

/// Reads an attribute of sysfs of at most `limit` bytes: with one call, because the kernel gives all of it at once, at most a
/// page (Documentation/filesystems/sysfs.rst, "Reading/Writing Attribute Data").
///
/// # Errors
/// As [`read`].
pub fn read_attribute(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; limit.saturating_add(1)];
    let length = open(path)?.read(&mut bytes).map_err(|error| Failure::io("read", path, error))?;
    if length > limit {
        return Err(oversized("read", path, limit, "bytes"));
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Opens a file for reading, with one call: `open` of musl asks a second time for what the first has done.
fn open(path: &Path) -> Result<File, Failure> {
    let opened = nix::fcntl::openat(AT_FDCWD, path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
    opened.map(File::from).map_err(|errno| Failure::io("read", path, errno.into()))
}

/// Reads a whole text file of at most `limit` bytes.
///
/// # Errors
/// As [`read`]; `malformed` if it is not UTF-8.
pub fn read_text(path: &Path, limit: usize) -> Result<String, Failure> {
    let bytes = read(path, limit)?;
    String::from_utf8(bytes).map_err(|error| {
        Failure::new(FailureKind::Malformed, "read", path.display().to_string()).because(error.utf8_error())
    })
}

/// The names in a folder, sorted; at most `limit` of them.
///
/// # Errors
/// As [`read`]; `oversized` if there are more than `limit` entries; `malformed` if a name is not UTF-8.
pub fn list(folder: &Path, limit: usize) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::io("list", folder, error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::io("list", folder, error))?;
        if names.len() == limit {
            return Err(oversized("list", folder, limit, "entries"));
        }
        names.push(entry.file_name().into_string().map_err(|name| {
            Failure::new(FailureKind::Malformed, "list", folder.display().to_string())
                .because(format!("the name {name:?} is not UTF-8"))
        })?);
    }
    names.sort_unstable();
    Ok(names)
}

fn oversized(doing: &'static str, path: &Path, limit: usize, unit: &str) -> Failure {
    Failure::new(FailureKind::Oversized, doing, path.display().to_string()).because(format!("more than {limit} {unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_not_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        fs::write(&path, "ONLINE\n").unwrap();
        assert_eq!(read(&path, 7).unwrap(), b"ONLINE\n");
        let failure = read(&path, 6).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Oversized);
        assert_eq!(crate::failure::chain(&failure), format!("read {}: oversized: more than 6 bytes", path.display()));
        assert_eq!(read_attribute(&path, 7).unwrap(), b"ONLINE\n");
        assert_eq!(read_attribute(&path, 6).unwrap_err().kind, FailureKind::Oversized);
        // A kernel file that claims to be empty.
        assert!(!read_text(Path::new("/proc/self/stat"), 4096).unwrap().is_empty());
    }

    #[test]
    fn every_way_to_fail_has_its_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("name");
        assert_eq!(read(&path, 1).unwrap_err().kind, FailureKind::Absent);
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path, 1).unwrap_err().kind, FailureKind::Malformed);
        assert_eq!(read(&path.join("below"), 1).unwrap_err().kind, FailureKind::Absent);
        assert_eq!(read(folder.path(), 1).unwrap_err().kind, FailureKind::Refused);
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert_eq!(FailureKind::of_io(&denied), FailureKind::Denied);
    }

    #[test]
    fn a_folder_is_listed_in_order_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["tank", "backup-usb.1:x", "pool with space"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(list(folder.path(), 3).unwrap(), ["backup-usb.1:x", "pool with space", "tank"]);
        assert_eq!(list(folder.path(), 2).unwrap_err().kind, FailureKind::Oversized);
        assert_eq!(list(&folder.path().join("gone"), 2).unwrap_err().kind, FailureKind::Absent);
    }
}
