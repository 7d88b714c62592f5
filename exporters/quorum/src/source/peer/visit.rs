//! One visit to one peer: on the kept connection if there is one, else on a new one.

use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::Timestamp;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::connection::{Connection, reach};
use super::failure::{PeerFailure, Step, Trouble};
use super::resolve::{Pending, Resolver};
use super::{Connecting, Counts, Patience, Report, View};
use crate::parse::wire::{self, Refusal, Request};
use crate::source::identity::Identity;

/// What all visits of a round share.
#[derive(Debug)]
pub(super) struct Means {
    pub(super) identity: Arc<Identity>,
    pub(super) patience: Patience,
    pub(super) resolver: Resolver,
    /// What makes our pauses differ from those of others.
    pub(super) seed: u64,
    /// When the round began.
    pub(super) now: Timestamp,
}

/// What is kept of one peer between rounds.
#[derive(Debug)]
pub(super) struct Peer {
    address: String,
    connection: Option<Connection>,
    lookup: Pending,
    backoff: Backoff,
    counts: Counts,
    last: Option<(Timestamp, Result<View, Trouble>)>,
}

impl Peer {
    pub(super) fn new(address: &str) -> Peer {
        Peer {
            address: address.to_owned(),
            connection: None,
            lookup: Pending::default(),
            backoff: Backoff::default(),
            counts: Counts::default(),
            last: None,
        }
    }

    /// The peer's part of a round.
    pub(super) async fn visit(mut self, means: Arc<Means>) -> (Peer, Report) {
        if self.backoff.over(means.now) {
            let outcome = self.question(&means).await;
            match &outcome {
                Ok(_) => self.backoff.succeeded(),
                Err(trouble) => self.fail(trouble, &means),
            }
            self.last = Some((means.now, outcome));
        }
        let report = self.report(&means);
        (self, report)
    }

    fn fail(&mut self, trouble: &Trouble, means: &Means) {
        self.connection = None;
        self.counts.failures[trouble.kind as usize] += 1;
        self.backoff.failed(means.now, self.backoff.jitter(means.seed, &self.address));
    }

    fn report(&self, means: &Means) -> Report {
        let (at, outcome) = self.last.clone().unwrap_or_else(|| (means.now, Err(Trouble::late(Step::Connect))));
        Report { address: self.address.clone(), at, outcome, counts: self.counts }
    }

    /// Asks on the kept connection. A node that was restarted has closed it, which says nothing about the node: then,
    /// and only then, it is asked again on a new one.
    async fn question(&mut self, means: &Means) -> Result<View, Trouble> {
        if let Some(kept) = self.connection.take().filter(|kept| kept.is_of(&means.identity)) {
            match self.ask_all(kept, None, means).await {
                Err(trouble) if trouble.kind == PeerFailure::Reset => {}
                outcome => return outcome,
            }
        }
        let (fresh, connecting) = self.connect(means).await?;
        self.ask_all(fresh, Some(connecting), means).await
    }

    async fn connect(&mut self, means: &Means) -> Result<(Connection, Connecting), Trouble> {
        let patience = &means.patience;
        let begun = Instant::now();
        let addresses = self.lookup.resolve(&self.address, &means.resolver, patience.resolve).await?;
        let resolved = Instant::now();
        self.counts.connects += 1;
        let stream = reach(&addresses, patience.connect).await?;
        let connected = Instant::now();
        let connection = Connection::secure(stream, &means.identity, patience.tls).await?;
        self.counts.handshakes += 1;
        let (resolve, connect) = (resolved - begun, connected - resolved);
        Ok((connection, Connecting { resolve, connect, tls: connected.elapsed() }))
    }

    /// The three questions, one after the other; keeps the connection if all were answered.
    async fn ask_all(
        &mut self,
        mut connection: Connection,
        connecting: Option<Connecting>,
        means: &Means,
    ) -> Result<View, Trouble> {
        let mut view = View {
            leader: None,
            members: Vec::new(),
            description: None,
            quickest: Duration::MAX,
            slowest: Duration::ZERO,
            connecting,
        };
        for request in Request::ALL {
            self.counts.requests += 1;
            let (head, body, took) = connection.ask(request, &means.patience).await?;
            view.take(request, head, &body).map_err(|refusal| Trouble::refusal(Step::Ask(request), &refusal))?;
            (view.quickest, view.slowest) = (view.quickest.min(took), view.slowest.max(took));
        }
        self.connection = Some(connection);
        Ok(view)
    }
}

impl View {
    fn take(&mut self, request: Request, head: wire::Head, body: &[u8]) -> Result<(), Refusal> {
        match request {
            Request::Leader => self.leader = wire::leader(head, body)?,
            Request::Cluster => self.members = wire::cluster(head, body)?,
            Request::Describe => {
                self.description = match wire::description(head, body) {
                    // A version that does not know the question says so, and goes on.
                    Err(Refusal::Failure { .. }) => None,
                    described => Some(described?),
                }
            }
        }
        Ok(())
    }
}
