//! Asks the exporters of the other nodes, round after round.

use std::sync::Arc;

use gjallarhorn_service::{Failure, Timestamp};

use crate::model::names::host;
use crate::neighbours::Neighbours;
use crate::role::{NEIGHBOURS, Shared, lock};

/// Asks the other exporters.
pub(super) struct Others {
    shared: Arc<Shared>,
    neighbours: Option<Neighbours>,
}

impl Others {
    pub(super) fn new(shared: &Arc<Shared>) -> Others {
        Others { shared: Arc::clone(shared), neighbours: None }
    }

    /// A round failed if nobody at all answered.
    pub(super) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.shared.place(now);
        let neighbours = match self.neighbours.take() {
            Some(neighbours) => neighbours,
            None => Neighbours::new(self.shared.config.deadline.get())?,
        };
        let words = neighbours.round(&self.addresses());
        self.neighbours = Some(neighbours);
        let all_failed = !words.is_empty() && words.iter().all(|(_, word)| word.is_err());
        let why = words.iter().find_map(|(address, word)| {
            let failure = word.as_ref().err()?;
            Some(Failure::new(failure.kind, "ask", format!("the exporter at {address}, and any other")))
        });
        self.shared.saw(now, |seen| seen.told(now, words, &self.shared.config));
        self.shared.rounds.ended(NEIGHBOURS, now);
        why.filter(|_| all_failed).map_or(Ok(()), Err)
    }

    /// The exporter on every member's host but this one, and those that are named.
    fn addresses(&self) -> Vec<String> {
        let config = &self.shared.config;
        let seen = lock(&self.shared.seen);
        let own = seen.own_address();
        let mut all = config.exporters.addresses.clone();
        if let Some(port) = config.exporters.port {
            let others = seen.addresses(config).into_iter().filter(|address| Some(address) != own.as_ref());
            all.extend(others.map(|address| exporter_at(host(&address), port)));
        }
        all.sort();
        all.dedup();
        all
    }
}

fn exporter_at(host: &str, port: u16) -> String {
    if host.contains(':') { format!("http://[{host}]:{port}") } else { format!("http://{host}:{port}") }
}
