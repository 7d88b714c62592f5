//! Machines made of files, for tests.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A machine that exists only while a test runs.
pub(crate) struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    /// A machine with these files; a content that begins with `-> ` is a link. It has `/usr/lib` and `/etc`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Machine {
        let machine = Machine { folder: tempfile::tempdir().unwrap() };
        for folder in ["etc", "usr/lib/systemd", "run/systemd"] {
            fs::create_dir_all(machine.path().join(folder)).unwrap();
        }
        files.iter().for_each(|(path, content)| machine.put(path, content));
        machine
    }

    /// Its root.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file or a link, instead of what was there.
    pub(crate) fn put(&self, path: &str, content: &str) {
        let place = self.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&place);
        match content.strip_prefix("-> ") {
            Some(target) => symlink(target, place).unwrap(),
            None => fs::write(place, content).unwrap(),
        }
    }

    /// Takes a file away.
    pub(crate) fn drop(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap();
    }
}

/// The root of a recorded machine.
pub(crate) fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}
