//! Reading files and folders with a limit, a typed failure and the path in every error.
//!
//! These calls block, and a file of a dying device can block for ever: they belong on a [`crate::worker::Worker`],
//! never on the event loop. The size a file claims is not trusted (kernel files report 0 or 4096).

#![expect(clippy::disallowed_methods, reason = "this is the wrapper through which all others read files")]

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::failure::{Failure, FailureKind};

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// `absent`, `denied`, `refused` as the system says; `oversized` if there is one byte more than `limit`.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|error| Failure::io("read", path, error))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|error| Failure::io("read", path, error))?;
    if bytes.len() > limit {
        return Err(oversized("read", path, limit, "bytes"));
    }
    Ok(bytes)
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
