//! The role: what it shares between its threads, and what it gives to the shell.
//!
//! Up to four polls meet here, each on its own thread: the members on the wire, this node's store, MicroK8s' files, the
//! other exporters. Each puts what it saw into [`Seen`] and judges anew; `/metrics` only takes what is in memory.

mod poll;
mod rounds;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::Timestamp;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::http::{Answer, Head, Reply};
use gjallarhorn_service::role::{Fresh, Poll, Role};

use crate::config::Config;
use crate::families::TABLE;
use crate::neighbours;
use crate::observe;
use crate::seen::{Judged, Seen, believed};
use crate::source::microk8s::Microk8s;
use crate::{answers, explain};
use rounds::Rounds;

#[cfg(test)]
mod tests;

/// The role's name.
pub const NAME: &str = "quorum";
/// The poll of the members on the wire.
pub const WIRE: &str = "dqlite";
/// The poll of this node's store.
pub const STORE: &str = "raft";
/// The poll of MicroK8s' files; its items are files.
pub const FILES: &str = "microk8s";
/// The poll of snapd.
pub const SNAPD: &str = "snapd";
/// The poll of the other exporters.
pub const NEIGHBOURS: &str = "exporters";

/// The quorum role.
pub struct Quorum {
    shared: Arc<Shared>,
}

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) root: PathBuf,
    pub(crate) microk8s: Microk8s,
    pub(crate) health: Health,
    pub(crate) seen: Mutex<Seen>,
    told: Mutex<Told>,
    rounds: Rounds,
}

/// What is handed out, ready made.
#[derive(Default)]
struct Told {
    judged: Option<Arc<Judged>>,
    pages: Vec<Page>,
}

/// What is told of one look.
struct Page {
    /// When that look was taken.
    taken: Timestamp,
    /// How long it is told without another.
    lasts: Duration,
    samples: Arc<Snapshot>,
}

impl Quorum {
    /// The role on the machine below `root`.
    pub(crate) fn new(config: &Config, root: &Path, health: &Health) -> Quorum {
        let microk8s = Microk8s::new(root);
        let microk8s = match &config.backend_folder {
            Some(folder) => microk8s.with_backend(folder),
            None => microk8s,
        };
        let shared = Shared {
            config: config.clone(),
            root: root.to_owned(),
            microk8s,
            health: health.clone(),
            seen: Mutex::default(),
            told: Mutex::default(),
            rounds: Rounds::of(if config.exporters.is_on() { &[WIRE, STORE, NEIGHBOURS] } else { &[WIRE, STORE] }),
        };
        Quorum { shared: Arc::new(shared) }
    }
}

impl Role for Quorum {
    fn name(&self) -> &'static str {
        NAME
    }

    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }

    /// Nothing is read on a scrape: every source can block.
    fn fresh(&self, _now: Timestamp) -> Fresh {
        Snapshot::default().into()
    }

    fn kept(&self, now: Timestamp) -> Vec<Arc<Snapshot>> {
        let told = lock(&self.shared.told);
        let young = told.pages.iter().filter(|page| now.since(page.taken) < page.lasts);
        young.map(|page| Arc::clone(&page.samples)).collect()
    }

    fn sources(self: Arc<Self>) -> Vec<Poll> {
        poll::all(&self.shared)
    }

    fn explain(&self, now: Timestamp) -> String {
        explain::text(&self.shared, now)
    }

    fn answer(&self, asked: &Head, now: Timestamp) -> Option<Reply> {
        let shared = Arc::clone(&self.shared);
        match asked.path() {
            neighbours::PATH => {
                let word = lock(&shared.seen).word(now, &shared.config);
                Some(Box::pin(async move { answers::word(&word) }))
            }
            answers::SAFE_TO_STOP => {
                let node = asked.query_decoded("node").filter(|node| !node.is_empty());
                Some(Box::pin(async move { shared.safe_to_stop(node, now).await }))
            }
            _ => None,
        }
    }
}

impl Shared {
    /// Judges what is known now, and makes the pages of it.
    pub(crate) fn judge(&self, now: Timestamp) {
        let seen = lock(&self.seen);
        let judged = Arc::new(seen.judged(now, &self.config));
        let cluster = self.config.cluster.as_str();
        let mut pages = Vec::new();
        let mut tell = |taken, interval: Duration, samples| {
            let lasts = self.config.stale_after.get().max(interval * 3);
            pages.push(Page { taken, lasts, samples: Arc::new(samples) });
        };
        let (often, seldom) = (self.config.interval.get(), self.config.files_interval.get());
        // Without an answer on the wire the files still say who should be there: as old as they are.
        let wire = seen.wire.as_ref().filter(|_| !judged.input.peers.is_empty());
        let basis = wire.map(|look| (look.at, often)).or(seen.files.as_ref().map(|look| (look.at, seldom)));
        if let Some((at, interval)) = basis {
            tell(at, interval, observe::cluster::samples(&judged, cluster));
        }
        if let Some(look) = &seen.wire {
            tell(look.at, often, observe::peers::samples(&seen, &judged, cluster));
        }
        if let Some(look) = &seen.store {
            let samples = observe::store::samples(&look.what, judged.own_writes(), cluster);
            tell(look.at, self.config.disk_interval.get(), samples);
        }
        if let Some(look) = &seen.files {
            tell(look.at, seldom, observe::files::samples(&look.what, &judged, cluster));
        }
        if let Some(look) = &seen.channel {
            tell(look.at, poll::CHANNEL, observe::files::channel(&look.what, cluster));
        }
        drop(seen);
        *lock(&self.told) = Told { judged: Some(judged), pages };
    }

    /// The last judgement.
    pub(crate) fn judged(&self) -> Option<Arc<Judged>> {
        lock(&self.told).judged.clone()
    }

    /// Whether a node may be stopped, from a look that is no older than the question.
    async fn safe_to_stop(&self, node: Option<String>, asked: Timestamp) -> Answer {
        let Some(node) = node else {
            return Answer::text(400, "say which: ?node= and a member's id, address, host or name\n");
        };
        self.rounds.anew(asked).await;
        let limit = believed(self.config.interval.get());
        // Waiting made nothing older: the age is that at the time of the question.
        answers::safe_to_stop(&node, self.judged().as_deref(), asked, limit).answer()
    }
}

// A std mutex: held for a judgement in memory, never across an await or a system call.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
