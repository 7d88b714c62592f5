//! Asks every member, round after round.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use crate::role::{Shared, WIRE, lock};
use crate::source::identity::Keyring;
use crate::source::peer::{Patience, Peers, Resolver};

/// Asks every member.
pub(super) struct Wire {
    shared: Arc<Shared>,
    /// For which folder, and what is kept open.
    open: Option<(PathBuf, Keyring, Peers)>,
}

impl Wire {
    pub(super) fn new(shared: &Arc<Shared>) -> Wire {
        Wire { shared: Arc::clone(shared), open: None }
    }

    pub(super) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        let asked = self.ask(now);
        if asked.is_err() {
            self.shared.saw(now, |seen| seen.wire = None);
        }
        self.shared.rounds.ended(WIRE, now);
        asked
    }

    /// Asks; whoever is named in an answer for the first time is asked in the same round, so that no number has to wait.
    fn ask(&mut self, now: Timestamp) -> Result<(), Failure> {
        let shared = Arc::clone(&self.shared);
        let (keyring, peers) = self.open(now)?;
        let identity = keyring.current()?;
        let mut asked = BTreeSet::new();
        loop {
            let addresses = lock(&shared.seen).addresses(&shared.config);
            if addresses.is_subset(&asked) {
                break;
            }
            let first = asked.is_empty();
            let reports = peers.round(&identity, &addresses, now);
            shared.saw(now, |seen| seen.asked(now, reports, &shared.config));
            asked = addresses;
            if !first {
                break;
            }
        }
        Ok(())
    }

    fn open(&mut self, now: Timestamp) -> Result<(&mut Keyring, &mut Peers), Failure> {
        let (folder, id) = self.shared.place(now);
        if self.open.as_ref().is_none_or(|(known, ..)| *known != folder) {
            let keyring = Keyring::new(&folder);
            let peers = Peers::new(patience(self.shared.config.deadline.get()), Resolver::default(), id)?;
            self.open = Some((folder, keyring, peers));
        }
        match &mut self.open {
            Some((_, keyring, peers)) => Ok((keyring, peers)),
            None => Err(Failure::new(FailureKind::Lost, "open", "the wire client")),
        }
    }
}

/// A frozen process is found out in the handshake, which is also the only slow step of a healthy one.
fn patience(deadline: Duration) -> Patience {
    Patience { resolve: deadline, connect: deadline, tls: 2 * deadline, request: deadline }
}
