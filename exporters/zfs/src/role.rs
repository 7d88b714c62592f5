//! The role: what it shares between its threads, and what it gives to the shell.
//!
//! Three threads meet here: the reader of each scrape ([`Zfs::fresh`]), the background poll ([`crate::poll`]), and the
//! event loop, which only takes what is in memory. Each lock is held for a few map accesses and never while a file is
//! read or a child is asked, so that a hanging device holds up nothing but its own report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::health::{Health, SourceHandle};
use gjallarhorn_service::role::{Fresh, Nudge, Pace, Poll, Role};
use gjallarhorn_service::state::{Loaded, StateFile};
use gjallarhorn_service::{Failure, FailureKind, Timestamp};
use gjallarhorn_zfs::parse::model::{Pool, PoolState};
use gjallarhorn_zfs::source::machine::{Machine, PoolFiles};

use crate::config::Config;
use crate::explain;
use crate::families::TABLE;
use crate::observe::live::{self, Look};
use crate::poll::{Ask, Poller};
use crate::remember::{self, Memory};

#[cfg(test)]
mod tests;

/// The role's name.
pub const NAME: &str = "zfs";
/// The source of tier 0; its items are pools.
pub const KSTAT: &str = "kstat";
/// The source of tier 1; its items are pools.
pub const POOL_STATS: &str = "pool_stats";

/// The zfs role.
pub struct Zfs {
    shared: Arc<Shared>,
    /// Handed over to the poll when it starts.
    kernel: Mutex<Option<Box<dyn Ask>>>,
}

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) machine: Machine,
    pub(crate) health: Health,
    file: StateFile,
    memory: Mutex<Memory>,
    reports: Mutex<BTreeMap<String, Arc<Report>>>,
    /// What the live state of each pool was at the last look, as far as it could be read.
    live: Mutex<Option<BTreeMap<String, PoolState>>>,
    /// Asks the poll for new reports as soon as a live state has changed.
    nudge: Nudge,
    /// How often the poll asks by itself.
    pub(crate) pace: Pace,
    /// Pools that have rows in the registry of sources.
    told: Mutex<BTreeSet<String>>,
}

/// The last good report on a pool.
pub(crate) struct Report {
    pub(crate) taken: Timestamp,
    /// The live state when the report was asked for.
    pub(crate) state: Option<PoolState>,
    /// The pool was healthy, and nothing was at work in it.
    pub(crate) calm: bool,
    pub(crate) pool: Pool,
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Report {
    /// Whether the live state has become another one since.
    fn contradicts(&self, live: Option<&PoolState>) -> bool {
        live.zip(self.state.as_ref()).is_some_and(|(now, then)| now != then)
    }
}

impl Zfs {
    /// The role on the machine below `root`, remembering in the folder `state`, asking through `kernel`.
    pub(crate) fn new(config: &Config, root: &Path, state: &Path, health: &Health, kernel: Box<dyn Ask>) -> Zfs {
        let file = StateFile::new(state, "zfs.yaml", remember::VERSION);
        let memory = load(&file);
        let shared = Shared {
            config: config.clone(),
            machine: Machine::new(root),
            health: health.clone(),
            file,
            memory: Mutex::new(memory),
            reports: Mutex::default(),
            live: Mutex::default(),
            nudge: Nudge::default(),
            pace: Pace::new(config.pace(false)),
            told: Mutex::default(),
        };
        Zfs { shared: Arc::new(shared), kernel: Mutex::new(Some(kernel)) }
    }
}

/// A memory that cannot be had is no reason to see nothing.
fn load(file: &StateFile) -> Memory {
    match file.load() {
        Ok(Loaded::Found(memory)) => memory,
        Ok(Loaded::Fresh) => Memory::default(),
        Ok(Loaded::SetAside { kept_as, why }) => {
            tracing::warn!(kept_as = %kept_as.display(), why, "the memory of pools could not be understood");
            Memory::default()
        }
        Err(failure) => {
            tracing::warn!(error = chain(&failure), "what was seen of pools before is not known");
            Memory::default()
        }
    }
}

impl Role for Zfs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn fresh(&self, now: Timestamp) -> Fresh {
        let listed = self.shared.machine.pools();
        let (names, outcome) = match listed {
            Ok(names) => (Some(names), Ok(())),
            // A kernel without the module has no pools; that it has none is known, and that there is no module told.
            Err(failure) if failure.kind == FailureKind::Absent => (Some(Vec::new()), Err(failure)),
            Err(failure) => (None, Err(failure)),
        };
        Fresh { samples: self.shared.look(names.as_deref(), now), outcome }
    }

    fn fresh_source(&self) -> &'static str {
        KSTAT
    }

    fn kept(&self, now: Timestamp) -> Vec<Arc<Snapshot>> {
        let stale_after = self.shared.config.stale_after.get();
        let reports = lock(&self.shared.reports);
        let live = lock(&self.shared.live);
        let live = |pool: &String| live.as_ref().and_then(|live| live.get(pool));
        let young = reports.iter().filter(|(_, report)| now.since(report.taken) < stale_after);
        let current = young.filter(|(pool, report)| !report.contradicts(live(pool)));
        current.map(|(_, report)| Arc::clone(&report.snapshot)).collect()
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        let Some(kernel) = lock(&self.kernel).take() else { return Vec::new() };
        let mut poller = Poller::new(Arc::clone(&self.shared), kernel);
        let config = &self.shared.config;
        // The poll keeps its deadline by itself; the shell's comes in only if even that fails.
        let deadline = config.deadline.get() * 2;
        let poll = Poll::new(POOL_STATS, config.interval.get(), deadline, move |now| poller.round(now));
        vec![poll.nudged_by(&self.shared.nudge).paced_by(&self.shared.pace)]
    }

    fn explain(&self, now: Timestamp) -> String {
        explain::text(&self.shared, now)
    }
}

impl Shared {
    /// Reads the kernel files of the pools and says what they say; of no pool, if their names could not be read.
    fn look(&self, names: Option<&[String]>, now: Timestamp) -> Snapshot {
        let version = self.machine.version().ok();
        let pools = names.map(|names| self.files(names, now));
        if let Some(pools) = &pools {
            self.compare(pools);
            self.keep_only(&pools.iter().map(|files| files.name.clone()).collect());
        }
        let row = self.health.role(NAME);
        row.active(version.is_some() && pools.is_some());
        let memory = lock(&self.memory);
        let expected = self.expected(&memory);
        if !expected.is_empty() || version.is_some() {
            row.expected(true);
        }
        live::samples(&Look {
            version: version.as_deref(),
            pools: pools.as_deref(),
            expected: &expected,
            memory: &memory,
        })
    }

    /// Notes the live states. A report made in another state tells of what was: it is held back, and a new one asked for,
    /// as is the first report of a pool that has just appeared. At the first look nothing has: the poll begins by itself.
    fn compare(&self, pools: &[PoolFiles]) {
        let states = pools.iter().filter_map(|files| Some((files.name.clone(), files.state.as_ref().ok()?.state)));
        let states: BTreeMap<_, _> = states.collect();
        let before = lock(&self.live).replace(states.clone());
        let reports = lock(&self.reports);
        let outdated = |(pool, state): (&String, &PoolState)| match reports.get(pool) {
            Some(report) => report.contradicts(Some(state)),
            None => before.as_ref().is_some_and(|before| !before.contains_key(pool)),
        };
        if states.iter().any(outdated) {
            self.nudge.give();
        }
    }

    /// The names of the pools; none if there is no module.
    pub(crate) fn pools(&self) -> Result<Vec<String>, Failure> {
        match self.machine.pools() {
            Err(failure) if failure.kind == FailureKind::Absent => Ok(Vec::new()),
            listed => listed,
        }
    }

    /// The kernel files of each pool; what of them failed is told by pool.
    fn files(&self, names: &[String], now: Timestamp) -> Vec<PoolFiles> {
        let read = names.iter().map(|name| {
            let begun = Timestamp::now();
            let files = self.machine.pool(name, now);
            let row = self.row(KSTAT, name);
            match first_failure(&files) {
                None => row.succeeded(now, begun.elapsed()),
                Some(failure) => row.failed_with(failure, now, begun.elapsed()),
            }
            files
        });
        read.collect()
    }

    /// The row of a pool in the registry of sources.
    pub(crate) fn row(&self, source: &'static str, pool: &str) -> SourceHandle {
        lock(&self.told).insert(pool.to_owned());
        let interval = (source == POOL_STATS).then(|| self.pace.get());
        self.health.source(NAME, source, pool, interval)
    }

    /// Drops everything current of pools that are not there any more. That they are missed is told by another family.
    pub(crate) fn keep_only(&self, present: &BTreeSet<String>) {
        lock(&self.reports).retain(|pool, _| present.contains(pool));
        let mut told = lock(&self.told);
        for gone in told.extract_if(.., |pool| !present.contains(pool)) {
            self.health.retire(NAME, KSTAT, &gone);
            self.health.retire(NAME, POOL_STATS, &gone);
        }
    }

    /// The pools that should be there: named, or seen before and not forgotten.
    pub(crate) fn expected(&self, memory: &Memory) -> BTreeSet<String> {
        let named = self.config.expected.iter().map(String::as_str);
        named.chain(memory.names()).filter(|pool| !self.config.forgets(pool)).map(str::to_owned).collect()
    }

    /// What is remembered.
    pub(crate) fn memory(&self) -> Memory {
        lock(&self.memory).clone()
    }

    /// Changes what is remembered, and keeps it over a restart. The file is written outside the lock: the folder may
    /// stand on the very pool that hangs.
    pub(crate) fn remember(&self, change: impl FnOnce(&mut Memory)) {
        let before = self.memory();
        let after = {
            let mut memory = lock(&self.memory);
            change(&mut memory);
            memory.clone()
        };
        if before != after
            && let Err(failure) = self.file.store(&after)
        {
            tracing::warn!(error = chain(&failure), "what was seen of pools is lost at the next restart");
        }
    }

    /// A good report replaces the last one.
    pub(crate) fn report(&self, pool: &str, report: Report) {
        lock(&self.reports).insert(pool.to_owned(), Arc::new(report));
    }

    /// The last good report on a pool.
    pub(crate) fn last_report(&self, pool: &str) -> Option<Arc<Report>> {
        lock(&self.reports).get(pool).cloned()
    }
}

fn first_failure(files: &PoolFiles) -> Option<&Failure> {
    files.state.as_ref().err().or(files.syncing.as_ref().err())
}

// Std mutexes: held for a few map accesses, never across a read, a question or an await.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
