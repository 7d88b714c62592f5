//! Connections that are kept between two exchanges: at most one per peer, and few peers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::connect::Sender;
use crate::peer::Peer;

/// A program speaks to a handful of peers.
const PEERS: usize = 16;

/// See the module's head.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    // A std mutex: held for a map access, never across an await.
    kept: Mutex<HashMap<Peer, Kept>>,
}

#[derive(Debug)]
struct Kept {
    sender: Sender,
    since: Instant,
}

impl Pool {
    /// A kept connection, if it is open, has nothing left to say, and was used within `idle`.
    pub(crate) fn take(&self, peer: &Peer, idle: Duration) -> Option<Sender> {
        let kept = self.lock().remove(peer)?;
        (kept.sender.is_ready() && kept.since.elapsed() < idle).then_some(kept.sender)
    }

    /// Keeps a connection; drops those that are closed or were not used within `idle`.
    pub(crate) fn keep(&self, peer: Peer, sender: Sender, idle: Duration) {
        let mut kept = self.lock();
        kept.retain(|_, kept| !kept.sender.is_closed() && kept.since.elapsed() < idle);
        if kept.len() < PEERS {
            kept.insert(peer, Kept { sender, since: Instant::now() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Peer, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
