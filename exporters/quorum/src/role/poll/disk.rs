//! Looks at this node's store, round after round.

use std::sync::Arc;

use gjallarhorn_service::{Failure, Timestamp};

use crate::role::{NAME, STORE, Shared};
use crate::seen::Look;
use crate::source::raft::{Folder, Store};

/// Looks at this node's store.
pub(super) struct Disk {
    shared: Arc<Shared>,
    folder: Option<Folder>,
}

impl Disk {
    pub(super) fn new(shared: &Arc<Shared>) -> Disk {
        Disk { shared: Arc::clone(shared), folder: None }
    }

    pub(super) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        let (path, _) = self.shared.place(now);
        if self.folder.as_ref().is_none_or(|folder| folder.path() != path) {
            self.folder = Some(Folder::new(&path));
        }
        let store = self.folder.as_mut().map(Folder::look).transpose();
        let (store, outcome) = match store {
            Ok(store) => (store, Ok(())),
            Err(failure) => (None, Err(failure)),
        };
        if let Some(store) = &store {
            self.tell(store, now);
        }
        self.shared.saw(now, |seen| seen.store = store.map(|what| Look { at: now, what }));
        self.shared.rounds.ended(STORE, now);
        outcome
    }

    /// Each part of the look has a row of its own.
    fn tell(&self, store: &Store, now: Timestamp) {
        let parts = [
            ("metadata", store.metadata.as_ref().err()),
            ("log", store.log.as_ref().err()),
            ("snapshot", store.database.as_ref().and_then(|database| database.as_ref().err())),
            ("space", store.space.as_ref().err()),
        ];
        for (part, failure) in parts {
            let row = self.shared.health.source(NAME, STORE, part, Some(self.shared.config.disk_interval.get()));
            match failure {
                None => row.succeeded(now, now.elapsed()),
                Some(failure) => row.failed_with(failure, now, now.elapsed()),
            }
        }
    }
}
