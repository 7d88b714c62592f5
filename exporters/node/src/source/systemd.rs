//! What systemd will start: units that are wanted, masked, or made by generators. Read from its folders, without asking it.
//!
//! A unit is started at boot if some unit wants it (a link in a folder `*.wants` or `*.requires`), its file is there, and it
//! is not masked (a link to `/dev/null` or an empty file in a folder that comes first). systemd.unit(5), "unit file load
//! path".

use std::collections::BTreeMap;
use std::path::Path;

use gjallarhorn_service::{Failure, FailureKind};

use super::root::{Entry, Root};

#[cfg(test)]
mod tests;

/// Where units stand; the first one that has a unit wins.
const UNITS: [&str; 5] = [
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];
/// Where generators stand; the first one that has it wins.
const GENERATORS: [&str; 5] = [
    "run/systemd/system-generators",
    "etc/systemd/system-generators",
    "usr/local/lib/systemd/system-generators",
    "usr/lib/systemd/system-generators",
    "lib/systemd/system-generators",
];
/// Where the start scripts of the levels in which a machine works stand, for services without a unit.
const LEVELS: [&str; 5] = ["etc/rc2.d", "etc/rc3.d", "etc/rc4.d", "etc/rc5.d", "etc/rcS.d"];

/// The folders of systemd below a root.
#[derive(Debug)]
pub struct Systemd<'r> {
    root: &'r Root,
    /// Wanted units, and the link that says so.
    wanted: BTreeMap<String, String>,
}

impl<'r> Systemd<'r> {
    /// Lists what is wanted.
    ///
    /// # Errors
    /// `absent` if the host's files are not there, `denied` if they may not be read, `unsupported` without systemd.
    pub fn read(root: &'r Root) -> Result<Systemd<'r>, Failure> {
        root.is_of_host()?;
        if root.entry("usr/lib")? == Entry::Absent && root.entry("lib")? == Entry::Absent {
            let why = "there is no usr/lib below the root: mount the host's read-only";
            return Err(Failure::new(FailureKind::Absent, "find", "the units of the host").because(why));
        }
        if !is_there(root)? {
            let why = "there is no systemd on this host: what its init starts at boot is not known";
            return Err(Failure::new(FailureKind::Unsupported, "find", "the units of the host").because(why));
        }
        let mut wanted = BTreeMap::new();
        // Where /lib is a link to /usr/lib, its folders have been read already.
        let merged = matches!(root.entry("lib")?, Entry::Link(_));
        for folder in UNITS.into_iter().filter(|folder| !(merged && folder.starts_with("lib/"))) {
            for wants in root.list(folder)?.into_iter().filter(|name| is_wants(name)) {
                for unit in root.list(&format!("{folder}/{wants}"))? {
                    wanted.entry(unit.clone()).or_insert_with(|| format!("/{folder}/{wants}/{unit}"));
                }
            }
        }
        Ok(Systemd { root, wanted })
    }

    /// The units that are wanted, there, and not masked, each with the link that says so.
    ///
    /// # Errors
    /// `denied` if a folder may not be searched.
    pub fn starts(&self, is_meant: impl Fn(&str) -> bool) -> Result<Vec<(String, String)>, Failure> {
        let mut starting = Vec::new();
        for (unit, link) in self.wanted.iter().filter(|(unit, _)| is_meant(unit)) {
            if file(self.root, unit)?.is_some() {
                starting.push((unit.clone(), link.clone()));
            }
        }
        Ok(starting)
    }

    /// What starts a service at boot: the link that wants its unit, or a start script where there is no unit.
    ///
    /// # Errors
    /// As [`Systemd::starts`].
    pub fn starts_service(&self, unit: &str) -> Result<Option<String>, Failure> {
        if let Some((_, link)) = self.starts(|wanted| wanted == unit)?.into_iter().next() {
            return Ok(Some(link));
        }
        let has_unit = UNITS.iter().map(|folder| self.root.entry(&format!("{folder}/{unit}")));
        let has_unit = has_unit.collect::<Result<Vec<_>, _>>()?.iter().any(|entry| *entry != Entry::Absent);
        if has_unit { Ok(None) } else { self.start_script(unit.trim_end_matches(".service")) }
    }

    fn start_script(&self, service: &str) -> Result<Option<String>, Failure> {
        for level in LEVELS {
            if let Some(link) = self.root.list(level)?.into_iter().find(|link| is_start_of(link, service)) {
                return Ok(Some(format!("/{level}/{link}")));
            }
        }
        Ok(None)
    }

    /// The file of a generator that is installed and not masked.
    ///
    /// # Errors
    /// As [`Systemd::starts`].
    pub fn generator(&self, name: &str) -> Result<Option<String>, Failure> {
        first(self.root, &GENERATORS, name).map(|found| found.filter(|found| !found.masked).map(|found| found.path))
    }
}

/// Whether a unit is masked: `swap.target`, for one, without which nothing that it wants is started.
///
/// # Errors
/// `denied` if a folder may not be searched.
pub fn is_masked(root: &Root, unit: &str) -> Result<bool, Failure> {
    Ok(first(root, &UNITS, unit)?.is_some_and(|found| found.masked))
}

/// The file of a unit that is not masked, without a leading slash.
///
/// # Errors
/// `denied` if a folder may not be searched.
pub fn file(root: &Root, unit: &str) -> Result<Option<String>, Failure> {
    let found = first(root, &UNITS, unit)?.filter(|found| !found.masked);
    Ok(found.map(|found| found.path.trim_start_matches('/').to_owned()))
}

/// Whether the host has systemd at all; one with another init has none of these folders.
fn is_there(root: &Root) -> Result<bool, Failure> {
    for folder in ["usr/lib/systemd", "lib/systemd", "run/systemd/system", "etc/systemd"] {
        if root.entry(folder)? != Entry::Absent {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Found {
    /// As the host names it.
    path: String,
    masked: bool,
}

/// The file that counts among several folders.
fn first(root: &Root, folders: &[&str], name: &str) -> Result<Option<Found>, Failure> {
    for folder in folders {
        let path = format!("{folder}/{name}");
        let masked = match root.entry(&path)? {
            Entry::Absent => continue,
            Entry::Link(target) => target == Path::new("/dev/null"),
            Entry::File(bytes) => bytes == 0,
            Entry::Folder => false,
        };
        return Ok(Some(Found { path: format!("/{path}"), masked }));
    }
    Ok(None)
}

fn is_wants(folder: &str) -> bool {
    folder.ends_with(".wants") || folder.ends_with(".requires")
}

/// `S01dphys-swapfile`.
fn is_start_of(link: &str, service: &str) -> bool {
    let name = link.strip_prefix('S').map(|rest| rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    name == Some(service)
}
