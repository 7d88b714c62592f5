//! All peers at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::resolve::Resolver;
use super::visit::{Means, Peer};
use super::{Patience, Report};
use crate::source::identity::Identity;

/// More members than a cluster has; a longer table is not believed.
const PEERS: usize = 100;
/// Threads for names that have to be looked up.
const LOOKUPS: usize = 4;
/// How long such a thread waits for more work.
const IDLE: Duration = Duration::from_secs(1);

/// The peers of a cluster and the connections to them.
#[derive(Debug)]
pub struct Peers {
    patience: Patience,
    resolver: Resolver,
    seed: u64,
    peers: BTreeMap<String, Peer>,
    /// Taken only when all ends.
    runtime: Option<Runtime>,
}

impl Peers {
    /// Nobody is known yet. `seed` should differ from asker to asker (a node's id): it makes their pauses differ.
    ///
    /// # Errors
    /// The system gives no event queue.
    pub fn new(patience: Patience, resolver: Resolver, seed: u64) -> Result<Peers, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(LOOKUPS)
            .thread_keep_alive(IDLE)
            .thread_name("quorum-lookup")
            .build()
            .map_err(|error| Failure::new(FailureKind::of_io(&error), "start", "the wire client").because(error))?;
        Ok(Peers { patience, resolver, seed, peers: BTreeMap::new(), runtime: Some(runtime) })
    }

    /// Waits as long as `patience` from the next round on.
    #[cfg(test)]
    pub(super) fn set_patience(&mut self, patience: Patience) {
        self.patience = patience;
    }

    /// Visits the peers at `addresses` (of more than 100 the first), all at the same time, and gives a report on each, in
    /// their order. Whoever is not among them any more is forgotten. Blocks for at most one visit ([`Patience`]).
    pub fn round(&mut self, identity: &Arc<Identity>, addresses: &BTreeSet<String>, now: Timestamp) -> Vec<Report> {
        let Some(runtime) = &self.runtime else { return Vec::new() };
        let means = Arc::new(Means {
            identity: Arc::clone(identity),
            patience: self.patience,
            resolver: self.resolver.clone(),
            seed: self.seed,
            now,
        });
        let mut known = std::mem::take(&mut self.peers);
        let visited =
            addresses.iter().take(PEERS).map(|address| known.remove(address).unwrap_or_else(|| Peer::new(address)));
        let outcomes = runtime.block_on(async {
            let mut visits: JoinSet<_> = visited.map(|peer| peer.visit(Arc::clone(&means))).collect();
            let mut outcomes = BTreeMap::new();
            while let Some(outcome) = visits.join_next().await {
                // A visit that broke off was a fault of ours; its peer is met anew at the next round.
                if let Ok((peer, report)) = outcome {
                    outcomes.insert(report.address.clone(), (peer, report));
                }
            }
            outcomes
        });
        let keep = |(address, (peer, report))| {
            self.peers.insert(address, peer);
            report
        };
        outcomes.into_iter().map(keep).collect()
    }
}

impl Drop for Peers {
    /// Does not wait for a look-up that hangs.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
