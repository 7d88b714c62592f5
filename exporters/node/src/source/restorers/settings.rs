//! Settings in the manner of systemd: a main file in the first folder that has one, and drop-ins from all folders, sorted by
//! name; of two drop-ins with the same name the one of the first folder counts. systemd.conf(5), "configuration directories
//! and precedence".

use std::collections::BTreeMap;

use gjallarhorn_service::{Failure, FailureKind};

use super::SETTINGS_LIMIT;
use crate::parse::ini::Ini;
use crate::source::root::{Entry, Root, absent_is};

/// Files that were read, in the order in which they count.
#[derive(Debug, Default)]
pub(super) struct Settings {
    files: Vec<File>,
}

impl Settings {
    /// Reads the main file `name` and the drop-ins beside it. `folders`: the first one wins. Files whose text `is_left_out`
    /// are as if they were not there, so that they hide no other either.
    pub(super) fn read(
        root: &Root,
        folders: &[&str],
        name: &str,
        is_left_out: fn(&str) -> bool,
    ) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        for folder in folders {
            let path = format!("{folder}/{name}");
            if root.entry(&path)? != Entry::Absent {
                settings.files.push(read(root, &path)?.0);
                break;
            }
        }
        settings.files.extend(drop_ins(root, folders, name, is_left_out)?);
        Ok(settings)
    }

    /// All files as one.
    pub(super) fn merged(&self) -> Ini {
        let mut merged = Ini::default();
        self.files.iter().for_each(|(_, ini)| merged.append(ini.clone()));
        merged
    }

    /// The last file for which `says` holds.
    pub(super) fn file_that(&self, says: impl Fn(&Ini) -> bool) -> Option<&str> {
        self.files.iter().rev().find(|(_, ini)| says(ini)).map(|(path, _)| path.as_str())
    }
}

type File = (String, Ini);

fn drop_ins(root: &Root, folders: &[&str], name: &str, is_left_out: fn(&str) -> bool) -> Result<Vec<File>, Failure> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let folder = format!("{folder}/{name}.d");
        for file in list(root, &folder)?.into_iter().filter(|file| file.ends_with(".conf")) {
            let (read, text) = read(root, &format!("{folder}/{file}"))?;
            if !is_left_out(&text) {
                found.entry(file).or_insert(read);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// A file and its text. A link to `/dev/null` takes a file back; where no `/dev` is mounted the link ends nowhere.
fn read(root: &Root, path: &str) -> Result<(File, String), Failure> {
    let text = absent_is(String::new(), root.text(path, SETTINGS_LIMIT))?;
    Ok(((format!("/{path}"), Ini::parse(&text)), text))
}

/// A folder under `/run` that only root may see is written by generators at boot, not by a person.
fn list(root: &Root, folder: &str) -> Result<Vec<String>, Failure> {
    match root.list(folder) {
        Err(failure) if failure.kind == FailureKind::Denied && folder.starts_with("run/") => Ok(Vec::new()),
        listed => listed,
    }
}
