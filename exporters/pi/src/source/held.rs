//! A small file of the kernel's that is read again and again: opened once, read from its beginning each time.
//!
//! An open file of sysfs keeps no driver from going: its device is gone then, and says so. A file that was replaced by
//! another of the same name is noticed by having no name any more.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use gjallarhorn_service::{Failure, FailureKind};
use nix::errno::Errno;

use super::machine::understood;
use crate::parse::Refusal;

/// A number and an end of line are far shorter.
const LIMIT: usize = 128;

/// An open file.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    file: File,
}

impl Held {
    /// Opens it.
    ///
    /// # Errors
    /// `absent`, `denied`, `refused` as the system says.
    pub fn open(path: &Path) -> Result<Held, Failure> {
        let file = OpenOptions::new().read(true).open(path).map_err(|error| Failure::io("open", path, error))?;
        Ok(Held { path: path.to_owned(), file })
    }

    /// What it says now.
    ///
    /// # Errors
    /// `absent` if what it belonged to is gone; `refused` as the system says; `malformed` if it has no meaning.
    pub fn value<T>(&self, parse: impl FnOnce(&[u8]) -> Result<T, Refusal>) -> Result<T, Failure> {
        let mut bytes = [0; LIMIT];
        let length = self.read(&mut bytes).map_err(|error| self.failed(error))?;
        parse(&bytes[..length]).map_err(|refusal| understood(&self.path, refusal))
    }

    fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.file.metadata()?.nlink() == 0 {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.file.read_at(bytes, 0)
    }

    fn failed(&self, error: io::Error) -> Failure {
        let is_gone = error.raw_os_error() == Some(Errno::ENODEV as i32);
        let kind = if is_gone { FailureKind::Absent } else { FailureKind::of_io(&error) };
        Failure::new(kind, "read", self.path.display().to_string()).because(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::parse::sysfs;

    #[test]
    fn a_file_is_read_anew_each_time_until_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("temp");
        fs::write(&path, "25178\n").unwrap();
        let held = Held::open(&path).unwrap();
        assert_eq!(held.value(sysfs::integer).unwrap(), 25178);
        fs::write(&path, "9\n").unwrap();
        assert_eq!(held.value(sysfs::integer).unwrap(), 9);
        fs::write(&path, "warm").unwrap();
        assert_eq!(held.value(sysfs::integer).unwrap_err().kind, FailureKind::Malformed);
        fs::rename(folder.path().join("temp"), folder.path().join("moved")).unwrap();
        assert!(
            held.value(sysfs::integer).is_err_and(|failure| failure.kind == FailureKind::Malformed),
            "it goes along"
        );
        fs::remove_file(folder.path().join("moved")).unwrap();
        assert_eq!(held.value(sysfs::integer).unwrap_err().kind, FailureKind::Absent);
    }

    #[test]
    fn what_is_longer_than_a_number_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("temp");
        fs::write(&path, "1".repeat(4000)).unwrap();
        assert_eq!(Held::open(&path).unwrap().value(sysfs::integer).unwrap_err().kind, FailureKind::Malformed);
        assert_eq!(Held::open(folder.path()).unwrap().value(sysfs::integer).unwrap_err().kind, FailureKind::Refused);
        assert_eq!(Held::open(&folder.path().join("no")).unwrap_err().kind, FailureKind::Absent);
    }
}
