//! What the parts of the running router see of each other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gjallarhorn_engine::{Next, Rendered, Send, TargetName};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::core::Core;
use crate::metrics::Metrics;

/// Shared by the intake, the lanes, the pages and the keeper. Only the keeper changes the core.
#[derive(Debug)]
pub struct Shared {
    /// A std mutex: held for microseconds, never across an await.
    core: Mutex<Core>,
    /// Rises with every change of the core; lanes wait for it.
    changed: watch::Sender<u64>,
    /// The router's clock.
    pub clock: Clock,
    /// The router's own numbers.
    pub metrics: Metrics,
    /// How the journal is doing.
    journal: Mutex<JournalState>,
}

/// How the journal is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalState {
    /// Why the last commit failed; `None` while all is well.
    pub failing: Option<String>,
    /// Bytes in use, once known.
    pub bytes: Option<u64>,
}

impl Shared {
    /// Puts the parts together.
    #[must_use]
    pub fn new(core: Core, clock: Clock, metrics: Metrics) -> Arc<Self> {
        let (changed, _) = watch::channel(0);
        Arc::new(Shared { core: Mutex::new(core), changed, clock, metrics, journal: Mutex::default() })
    }

    /// The core. A panic elsewhere must not silence the router, so a poisoned lock is taken all the same: the engine is
    /// total, and its state is changed by whole events.
    pub fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another core in its place.
    pub fn replace_core(&self, core: Core) {
        *self.core() = core;
    }

    /// What `target` should be told now.
    #[must_use]
    pub fn next(&self, target: &TargetName) -> Next {
        self.core().engine.next(target, self.clock.now())
    }

    /// The words of a send.
    #[must_use]
    pub fn render(&self, send: &Send) -> Rendered {
        let draft = self.core().engine.draft(send);
        draft.lay_out(send)
    }

    /// Told of every change from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The core has changed up to event `seq`.
    pub fn announce(&self, seq: u64) {
        self.changed.send_replace(seq);
    }

    /// How the journal is doing.
    #[must_use]
    pub fn journal(&self) -> JournalState {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For the keeper.
    pub fn set_journal(&self, change: impl FnOnce(&mut JournalState)) {
        change(&mut self.journal.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
