//! Where a program stands: the machine it reads and the folder in which it remembers.

use std::path::{Path, PathBuf};

/// Used when neither a flag nor systemd names a folder.
const DEFAULT_STATE: &str = "/var/lib/gjallarhorn";

/// The two folders that everything else is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The machine: `/`, or a recording of one.
    pub(crate) root: PathBuf,
    /// What must survive a restart. May not exist yet, and may not be writable.
    pub(crate) state: PathBuf,
}

impl Place {
    /// The flag wins over systemd's `STATE_DIRECTORY` (a list with colons, the first is ours), which wins over the default.
    pub(crate) fn new(root: &Path, flag: Option<&Path>, systemd: Option<&str>) -> Place {
        let given = systemd.and_then(|list| list.split(':').next()).filter(|folder| !folder.is_empty());
        let state = flag.map(Path::to_owned).or_else(|| given.map(PathBuf::from));
        Place { root: root.to_owned(), state: state.unwrap_or_else(|| PathBuf::from(DEFAULT_STATE)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_systemd_and_systemd_over_the_default() {
        let state = |flag: Option<&str>, systemd| Place::new(Path::new("/"), flag.map(Path::new), systemd).state;
        assert_eq!(state(Some("/a"), Some("/b")), Path::new("/a"));
        assert_eq!(state(None, Some("/b:/c")), Path::new("/b"));
        assert_eq!(state(None, Some("")), Path::new(DEFAULT_STATE));
        assert_eq!(state(None, None), Path::new(DEFAULT_STATE));
    }
}
