//! The lock that keeps the child of a restarted program from asking while an older one is stuck.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::bounded;

/// A lock file (flock). The kernel frees the lock when its holder is gone, and not before.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
    held: bool,
}

impl Lock {
    pub(super) fn open(path: &Path) -> io::Result<Lock> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        Ok(Lock { path: path.to_owned(), file, held: false })
    }

    /// Takes the lock if it is free, and writes our process id into the file.
    ///
    /// # Errors
    /// The process id of the holder, 0 if it is not known.
    pub(super) fn take(&mut self) -> Result<(), u32> {
        if self.held {
            return Ok(());
        }
        match self.file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.holder()),
            Err(TryLockError::Error(_)) => return Err(0),
        }
        self.held = true;
        // Only for people: the lock holds without it.
        let _ = self.file.set_len(0).and_then(|()| writeln!(self.file, "{}", std::process::id()));
        Ok(())
    }

    fn holder(&self) -> u32 {
        let text = bounded::read_text(&self.path, 32).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_until_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (mut first, mut second) = (Lock::open(&path).unwrap(), Lock::open(&path).unwrap());
        assert_eq!(first.take(), Ok(()));
        assert_eq!(first.take(), Ok(()));
        assert_eq!(second.take(), Err(std::process::id()));
        drop(first);
        assert_eq!(second.take(), Ok(()));
    }
}
