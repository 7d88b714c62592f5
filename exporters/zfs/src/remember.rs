//! What must outlive a reboot, because the kernel forgets it or a dead pool cannot say it: which pools should be there,
//! and the last scrub that reached its end (a resilver or a canceled scrub overwrites it in the pool's own record).
//!
//! Pure; the file it is kept in is the role's business.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use gjallarhorn_zfs::parse::model::{Pool, Scan, ScanFunction, ScanResult};

#[cfg(test)]
mod tests;

/// Layout of the file.
pub const VERSION: u32 = 1;

/// What is remembered of all pools of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    pools: BTreeMap<String, Past>,
}

/// What is remembered of one pool. Times in seconds since 1970 UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Past {
    /// Its identity, once a report told it.
    pub guid: Option<u64>,
    /// When it was first seen.
    pub first_seen: u64,
    /// The last scrub that reached its end.
    pub scrub: Option<Finished>,
    /// When the last resilver or rebuild reached its end.
    pub resilver: Option<u64>,
}

/// A scrub that reached its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// When it ended.
    pub end: u64,
    /// When it began.
    pub start: Option<u64>,
    /// Errors it could not repair.
    pub errors: Option<u64>,
    /// Bytes it repaired.
    pub repaired: Option<u64>,
}

impl Memory {
    /// What is remembered of a pool.
    #[must_use]
    pub fn of(&self, pool: &str) -> Option<&Past> {
        self.pools.get(pool)
    }

    /// The pools that were seen and not forgotten.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pools.keys().map(String::as_str)
    }

    /// The pool is there at `now`.
    pub fn saw(&mut self, pool: &str, now: u64) {
        self.pools.entry(pool.to_owned()).or_insert_with(|| Past { first_seen: now, ..Past::default() });
    }

    /// The pool is gone for good.
    pub fn forget(&mut self, pool: &str) {
        self.pools.remove(pool);
    }

    /// Takes in what a report says. `present` are the names of the pools that are there now: a pool that was renamed
    /// keeps its past, and its old name is no longer expected; another pool under an old name begins anew.
    pub fn learn(&mut self, name: &str, report: &Pool, present: &BTreeSet<String>, now: u64) {
        if let Some(guid) = report.guid {
            self.identify(name, guid, present, now);
        }
        self.saw(name, now);
        if let Some(past) = self.pools.get_mut(name) {
            past.take_in(report);
        }
    }

    fn identify(&mut self, name: &str, guid: u64, present: &BTreeSet<String>, now: u64) {
        match self.pools.get(name).and_then(|past| past.guid) {
            Some(known) if known == guid => return,
            Some(_) => drop(self.pools.insert(name.to_owned(), Past { first_seen: now, ..Past::default() })),
            None => {}
        }
        let same = |(old, past): (&String, &Past)| {
            (old != name && past.guid == Some(guid) && !present.contains(old)).then(|| old.clone())
        };
        if let Some(past) = self.pools.iter().find_map(same).and_then(|old| self.pools.remove(&old)) {
            self.pools.insert(name.to_owned(), past);
        }
        self.saw(name, now);
        if let Some(past) = self.pools.get_mut(name) {
            past.guid = Some(guid);
        }
    }
}

impl Past {
    fn take_in(&mut self, report: &Pool) {
        let finished = report.scan.as_ref().filter(|scan| scan.result == ScanResult::Finished);
        match finished {
            Some(scan) if scan.function == ScanFunction::Scrub => self.scrubbed(scan),
            Some(scan) if scan.function == ScanFunction::Resilver => self.resilver = self.resilver.max(scan.end),
            _ => {}
        }
        let rebuilds = report.tops().iter().filter_map(|top| top.rebuild.as_ref());
        let ended = rebuilds.filter(|rebuild| rebuild.result == ScanResult::Finished).filter_map(|rebuild| rebuild.end);
        self.resilver = self.resilver.max(ended.max());
    }

    /// The kernel's word on its last scan replaces ours even if it is older: then the clock was set back.
    fn scrubbed(&mut self, scan: &Scan) {
        if let Some(end) = scan.end {
            self.scrub = Some(Finished { end, start: scan.start, errors: scan.errors, repaired: scan.repaired });
        }
    }
}
