//! The role: what it shares between its threads, and what it gives to the shell.
//!
//! The list of swap is read on every scrape and, so that nothing between two scrapes is missed, whenever the kernel says that
//! it has changed; where it does not say so (a recording), every second. Everything else is read by three polls, each on a thread of its own: what the kernel says cannot block, what
//! stands on disk can. Each lock is held to take or put a reading and never while a file is read.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::failure::chain;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::{Fresh, Nudge, Poll, Role};
use gjallarhorn_service::secret::Environment;
use gjallarhorn_service::{Failure, Timestamp};

use crate::config::Config;
use crate::explain;
use crate::families::TABLE;
use crate::observe::{self, Causes};
use crate::parse::swaps::Swaps;
use crate::source::kernel::{self, Kernel};
use crate::source::names::Names;
use crate::source::notice::Notice;
use crate::source::restorers::{self, again};
use crate::source::root::Root;
use crate::words::Check;

mod readings;
mod tell;

pub(crate) use readings::{Reading, View};
use readings::{Readings, Restorers, reading};
use tell::tell;

#[cfg(test)]
pub(crate) mod tests;

/// The role's name.
pub const NAME: &str = "node";
/// The list of swap, read on every scrape.
pub const SWAPS: &str = "swaps";
/// The same, read when it has changed.
pub const SWAP_WATCH: &str = "swap_watch";
/// What the kernel says of itself; items are what could not be read of it.
pub const KERNEL: &str = "kernel";
/// Names and identity of the host; items are those that could not be read.
pub const NAMES: &str = "names";
/// Who turns swap on at boot; items are those that could not be looked for.
pub const RESTORERS: &str = "restorers";

/// Time for a file of the kernel, which answers at once or not at all.
const KERNEL_DEADLINE: Duration = Duration::from_secs(5);
/// Time for some hundred small files of a slow SD card.
const DISK_DEADLINE: Duration = Duration::from_secs(30);

/// The node role.
pub struct Node {
    shared: Arc<Shared>,
    /// Asks for a reading of the list of swap; begun with the polls.
    notice: OnceLock<Notice>,
}

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) root: Root,
    pub(crate) health: Health,
    /// The name of the Kubernetes node, if the configuration gives it.
    node_name: Option<String>,
    ignored: Vec<Check>,
    readings: Mutex<Readings>,
    /// Held while the list of swap is read and put away: of two readings at the same time the older one must not come last,
    /// or swap seems to have been turned on once more.
    looking: Mutex<()>,
    /// Looks at the list of swap as soon as it has changed.
    changed: Nudge,
    /// Looks for restorers as soon as another device is on.
    nudge: Nudge,
}

impl Node {
    /// The role on the machine below `root`.
    pub(crate) fn new(config: &Config, root: &Path, health: &Health, environment: Environment<'_>) -> Node {
        let shared = Shared {
            config: config.clone(),
            root: Root::new(root),
            health: health.clone(),
            node_name: config.node_name(environment),
            ignored: config.ignored(),
            readings: Mutex::default(),
            looking: Mutex::default(),
            changed: Nudge::default(),
            nudge: Nudge::default(),
        };
        Node { shared: Arc::new(shared), notice: OnceLock::new() }
    }

    /// Whether the kernel says when the list of swap changes; begins to listen.
    fn is_told(&self) -> bool {
        match Notice::start(&self.shared.root, &self.shared.changed) {
            Ok(Some(notice)) => self.notice.set(notice).is_ok(),
            Ok(None) => false,
            Err(failure) => {
                tracing::warn!(error = chain(&failure), "swap is looked at again and again instead");
                false
            }
        }
    }
}

impl Role for Node {
    fn name(&self) -> &'static str {
        NAME
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    fn fresh(&self, now: Timestamp) -> Fresh {
        // The samples are those of `kept`, which has the reading then.
        Fresh { samples: Snapshot::default(), outcome: self.shared.look_at_swaps(now) }
    }

    fn fresh_source(&self) -> &'static str {
        SWAPS
    }

    fn kept(&self, now: Timestamp) -> Vec<Arc<Snapshot>> {
        let view = self.shared.view(now);
        let page_size = self.shared.config.page_size.map(|size| size.get());
        let snapshot = observe::samples(&view.seen(page_size), view.activations, &self.shared.ignored);
        vec![Arc::new(snapshot)]
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        let seldom = self.shared.config.interval.get();
        let often = if self.is_told() { seldom } else { self.shared.config.swap_interval.get() };
        let poll = |source, interval, deadline, round: fn(&Shared, Timestamp) -> Result<(), Failure>| {
            let shared = Arc::clone(&self.shared);
            Poll::new(source, interval, deadline, move |now| round(&shared, now))
        };
        vec![
            poll(SWAP_WATCH, often, KERNEL_DEADLINE, Shared::look_at_swaps).nudged_by(&self.shared.changed),
            poll(KERNEL, seldom, KERNEL_DEADLINE, Shared::ask_kernel),
            poll(NAMES, seldom, DISK_DEADLINE, Shared::read_names),
            poll(RESTORERS, seldom, DISK_DEADLINE, Shared::find_restorers).nudged_by(&self.shared.nudge),
        ]
    }

    fn explain(&self, now: Timestamp) -> String {
        explain::text(&self.shared, now)
    }
}

impl Shared {
    /// Which swap is on. A reading that failed is no reading: the last one is dropped with it.
    fn look_at_swaps(&self, now: Timestamp) -> Result<(), Failure> {
        let _only_one = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let swaps = kernel::swaps(&self.root);
        let mut readings = self.readings();
        let before = readings.swaps.take();
        let swaps = swaps?;
        readings.watch.saw(!swaps.is_off());
        if before.is_none_or(|before| !are_the_same(&before.value, &swaps)) {
            self.nudge.give();
        }
        let first = swaps.problems.first().cloned();
        readings.swaps = Some(reading(now, swaps));
        drop(readings);
        first.map_or(Ok(()), |problem| Err(kernel::malformed("proc/swaps", problem)))
    }

    fn ask_kernel(&self, now: Timestamp) -> Result<(), Failure> {
        let kernel = Kernel::read(&self.root);
        let outcome = tell(
            &self.health,
            KERNEL,
            now,
            &[
                ("hostname", kernel.hostname.as_ref().err()),
                ("memory_cgroup", kernel.memory_cgroup.as_ref().err()),
                ("auxv", kernel.auxv.as_ref().err()),
                ("boot_time", kernel.boot_time.as_ref().err()),
            ],
        );
        self.readings().kernel = Some(reading(now, kernel));
        outcome
    }

    fn read_names(&self, now: Timestamp) -> Result<(), Failure> {
        let names = Names::read(&self.root, self.node_name.as_deref());
        let outcome = tell(
            &self.health,
            NAMES,
            now,
            &[
                ("etc_hostname", names.file.as_ref().err()),
                ("node", names.node.as_ref().err()),
                ("machine_id", names.machine_id.as_ref().err()),
            ],
        );
        self.readings().names = Some(reading(now, names));
        outcome
    }

    fn find_restorers(&self, now: Timestamp) -> Result<(), Failure> {
        let findings = restorers::look(&self.root);
        let told: Vec<_> = findings.iter().map(|one| (one.by.word(), one.causes.as_ref().err())).collect();
        let outcome = tell(&self.health, RESTORERS, now, &told);
        let found = findings.iter().filter_map(|finding| finding.causes.as_ref().ok()).flatten().cloned().collect();
        let causes = Causes { found, complete: outcome.is_ok() };
        self.readings().restorers = Some(reading(now, Restorers { findings, causes }));
        outcome
    }

    /// What is known at `now`.
    pub(crate) fn view(&self, now: Timestamp) -> View {
        self.readings().view(now, self.config.stale_after.get())
    }

    // A std mutex: held to take or put a reading, never across a read or an await.
    fn readings(&self) -> MutexGuard<'_, Readings> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two lists name the same devices, however full they are.
fn are_the_same(one: &Swaps, other: &Swaps) -> bool {
    let paths = |swaps: &Swaps| swaps.devices.iter().map(|device| device.path.clone()).collect::<Vec<_>>();
    paths(one) == paths(other)
}
