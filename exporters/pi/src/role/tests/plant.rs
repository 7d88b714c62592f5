//! Machines made of text: `fixtures/README.md` says the form.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Kind and content of each path; later lines win.
type Entries = BTreeMap<String, (char, Vec<String>)>;

/// A machine that is there for as long as the value is.
pub(super) struct Planted {
    folder: tempfile::TempDir,
}

impl Planted {
    /// The machine of a fixture.
    pub(super) fn fixture(name: &str) -> Planted {
        let planted = Planted { folder: tempfile::tempdir().unwrap() };
        for (path, (kind, lines)) in entries(&manifest(name)) {
            planted.put(&path, kind, &lines);
        }
        planted
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Changes a file while the role looks at it.
    pub(super) fn write(&self, path: &str, content: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), content).unwrap();
    }

    /// Takes away a file, a link or a folder.
    pub(super) fn remove(&self, path: &str) {
        let path = self.at(path);
        let is_folder = fs::symlink_metadata(&path).unwrap().is_dir();
        if is_folder { fs::remove_dir_all(&path).unwrap() } else { fs::remove_file(&path).unwrap() }
    }

    fn put(&self, path: &str, kind: char, lines: &[String]) {
        let place = self.at(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        match kind {
            'L' => symlink(&lines[0], place).unwrap(),
            'N' => fs::write(place, lines[0].replace("\\0", "\0") + "\0").unwrap(),
            'U' => fs::write(place, number(&lines[0]).to_be_bytes()).unwrap(),
            'F' | 'M' => fs::write(place, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap(),
            _ => panic!("{path}: unknown kind {kind}"),
        }
    }
}

fn manifest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).with_extension("tree")
}

fn entries(manifest: &Path) -> Entries {
    let text = gjallarhorn_service::bounded::read_text(manifest, 1 << 20).unwrap();
    let (mut found, mut own) = (Entries::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(other) = line.strip_prefix("INCLUDE ") {
            found.extend(entries(&manifest.with_file_name(other)));
        } else if let Some(gone) = line.strip_prefix("DROP ") {
            found.retain(|path, _| path != gone && !path.starts_with(&format!("{gone}/")));
        } else {
            let [kind, path, content, source] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
            assert!(!source.trim().is_empty(), "a line without a source: {line}");
            let adds = kind == "M" && own.contains(&path.to_owned());
            let mut lines = if adds { found.remove(path).unwrap().1 } else { Vec::new() };
            lines.push(content.to_owned());
            own.push(path.to_owned());
            found.insert(path.to_owned(), (kind.chars().next().unwrap(), lines));
        }
    }
    found
}

fn number(text: &str) -> u32 {
    text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u32::from_str_radix(digits, 16)).unwrap()
}
