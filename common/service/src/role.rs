//! What a role gives to the shell.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use gjallarhorn_metrics::{Definition, Snapshot};

use crate::clock::Timestamp;
use crate::failure::Failure;
use crate::http::{Head, Reply};

/// One exporter of the program: a family table, what is read on every scrape, what is read in the background.
///
/// A role never touches the event loop: [`Role::fresh`] and the polls run on threads of their own, [`Role::kept`] only
/// hands out what is in memory. Its sources report to the [`crate::health::Health`] it was built with.
pub trait Role: Send + Sync + 'static {
    /// The role's name: the value of the label `role`, and the word on the command line.
    fn name(&self) -> &'static str;

    /// Every family the role can emit, in the order in which they are written.
    fn table(&self) -> &'static [&'static Definition];

    /// Tier 0: reads what cannot block (kernel files without locks) and gives its samples. Called on the role's reader
    /// thread, once per scrape, never twice at the same time; scrapes that arrive while it runs share the result. If it
    /// misses the scrape's deadline, the page goes out without these samples.
    fn fresh(&self, now: Timestamp) -> Fresh;

    /// Whether [`Role::fresh`] reads nothing, but tells what its polls have left in memory. It is called on the event loop
    /// then, which spares two changes of threads.
    fn is_remembered(&self) -> bool {
        false
    }

    /// The source name under which the shell reports [`Role::fresh`] as a whole (`item=""`). While a read is stuck, the
    /// role's other items of the same source are reported as blocked too: none can be fresher than the read.
    fn fresh_source(&self) -> &'static str {
        "fresh"
    }

    /// Tier 1: the snapshots of background polls that are not too old. Called on the event loop: memory only, no wait.
    fn kept(&self, now: Timestamp) -> Vec<Arc<Snapshot>>;

    /// The background polls; asked once at start.
    fn sources(self: Arc<Self>) -> Vec<Poll>;

    /// In words: what is seen, from which source, how old, what is missing.
    fn explain(&self, now: Timestamp) -> String;

    /// The answer to a question of the role's own below `/v1`; nothing if the path is not its. It is made on the event loop:
    /// it may wait for a poll, and reads nothing itself. The server gives up after its deadline for handlers.
    fn answer(&self, asked: &Head, now: Timestamp) -> Option<Reply> {
        let _ = (asked, now);
        None
    }
}

/// What one fresh read gave.
#[derive(Debug)]
pub struct Fresh {
    /// The samples, as far as there are any.
    pub samples: Snapshot,
    /// Whether the read as a whole worked. One item that failed among many is told by its own row and is no failure here.
    pub outcome: Result<(), Failure>,
}

impl From<Snapshot> for Fresh {
    fn from(samples: Snapshot) -> Fresh {
        Fresh { samples, outcome: Ok(()) }
    }
}

/// One round of a poll; called on the poll's own thread with the time of its start.
pub type Round = Box<dyn FnMut(Timestamp) -> Result<(), Failure> + Send>;

/// A background poll, run on a thread of its own so that it cannot slow another.
///
/// The shell reports the round as a whole as source `source`, item `""`; what the round learns about single items it
/// reports itself through [`crate::health::SourceHandle`]s. A round that fails for one item of many still succeeded.
pub struct Poll {
    /// Value of the label `source`.
    pub source: &'static str,
    /// Time from the start of one round to the start of the next.
    pub pace: Pace,
    /// A round that takes longer counts as `timeout`; while it runs beyond this it is `blocked` and no other is begun.
    pub deadline: Duration,
    /// The round.
    pub run: Round,
    /// Who may ask for a round before its time.
    pub nudge: Nudge,
}

/// Asks a poll for a round now instead of at its next time; whoever sees that something changed keeps a clone.
/// Any number of nudges before the next round are one.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Bell>);

#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Nudge {
    /// Asks. Never waits; may be called from any thread.
    pub fn give(&self) {
        *self.0.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.heard.notify_one();
    }

    /// Waits until somebody has asked since the last time, at most for `patience`; whether somebody has. Blocks.
    pub fn wait(&self, patience: Duration) -> bool {
        let rung = self.0.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.heard.wait_timeout_while(rung, patience, |rung| !*rung);
        std::mem::take(&mut *waited.unwrap_or_else(PoisonError::into_inner).0)
    }
}

/// How often a poll is asked. A round that has seen something worth a closer look keeps a clone and changes it; the time
/// until the next round is already the new one.
#[derive(Clone, Debug)]
pub struct Pace(Arc<Mutex<Duration>>);

impl Pace {
    /// A pace with this time from the start of one round to the start of the next.
    #[must_use]
    pub fn new(interval: Duration) -> Pace {
        Pace(Arc::new(Mutex::new(interval)))
    }

    /// The time from the start of one round to the start of the next.
    #[must_use]
    pub fn get(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it.
    pub fn set(&self, interval: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = interval;
    }
}

impl Poll {
    /// A poll; the first round begins at once.
    pub fn new(
        source: &'static str,
        interval: Duration,
        deadline: Duration,
        run: impl FnMut(Timestamp) -> Result<(), Failure> + Send + 'static,
    ) -> Poll {
        Poll { source, pace: Pace::new(interval), deadline, run: Box::new(run), nudge: Nudge::default() }
    }

    /// The same, begun early when `nudge` asks for it.
    #[must_use]
    pub fn nudged_by(self, nudge: &Nudge) -> Poll {
        Poll { nudge: nudge.clone(), ..self }
    }

    /// The same at a pace that its rounds may change.
    #[must_use]
    pub fn paced_by(self, pace: &Pace) -> Poll {
        Poll { pace: pace.clone(), ..self }
    }
}
