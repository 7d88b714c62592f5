//! Everything that is known at one moment, with nothing in it that is too old to be believed.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use crate::parse::files::Lock;
use crate::parse::wire::Leader;
use crate::source::peer::PeerFailure;

pub use crate::parse::wire::Member;

/// What one node answered to the three questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The leader it names.
    pub leader: Option<Leader>,
    /// Its table of members; empty or old on a spare.
    pub table: Vec<Member>,
    /// The failure domain it says it is in; `None` if it did not say.
    pub domain: Option<u64>,
}

/// One address that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address.
    pub address: String,
    /// What it answered in the last round, or why it did not.
    pub answer: Result<Answer, PeerFailure>,
}

impl Peer {
    /// Whether it answered.
    #[must_use]
    pub fn up(&self) -> bool {
        self.answer.is_ok()
    }

    /// Whether it says of itself that it leads.
    #[must_use]
    pub fn claims(&self) -> bool {
        let named = self.answer.as_ref().ok().and_then(|answer| answer.leader.as_ref());
        named.is_some_and(|leader| leader.address == self.address)
    }
}

/// The disk of one member: its own exporter's look at the raft folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Last entry of the log.
    pub last_index: u64,
    /// Segments that are ready to be written.
    pub open_segments: u64,
    /// Bytes that dqlite can still write there; `None` if that could not be read.
    pub free_bytes: Option<u64>,
    /// Its log has not reached what the furthest disk already had ten seconds before it was looked at.
    pub stands_still: bool,
    /// It could not write once, and its dqlite has not been started since: it follows the leader and yet takes an entry only
    /// every few seconds.
    pub was_full: bool,
}

/// Room for one more segment: dqlite makes them 8 MiB large before it writes them (dqlite `src/raft/uv.h`).
pub const SEGMENT_BYTES: u64 = 8 << 20;

impl Disk {
    /// Whether dqlite can surely not write here. Without an open segment it may as well have had nothing to write since it was
    /// started; so then its log must stand still too.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        !has_room(self.free_bytes) || (self.open_segments == 0 && self.stands_still)
    }
}

/// Whether there is room to make the next segment, for all that is known.
#[must_use]
pub fn has_room(free_bytes: Option<u64>) -> bool {
    free_bytes.is_none_or(|free| free >= SEGMENT_BYTES)
}

/// What another exporter sees of the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The address of the member it runs on.
    pub observer: String,
    /// For each address that it asked, whether it answered.
    pub up: BTreeMap<String, bool>,
}

/// What this node's own files say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Its address in the cluster (`info.yaml`).
    pub address: Option<String>,
    /// MicroK8s' lock files that are there; `None` if the folder cannot be read.
    pub locks: Option<BTreeSet<Lock>>,
}

impl Own {
    /// Whether a lock file is there, as far as that is known.
    #[must_use]
    pub fn has(&self, lock: Lock) -> bool {
        self.locks.as_ref().is_some_and(|locks| locks.contains(&lock))
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// This node.
    pub own: Own,
    /// The last round; empty if nobody could be asked (no key, no addresses).
    pub peers: Vec<Peer>,
    /// The table in `cluster.yaml`.
    pub file: Option<Vec<Member>>,
    /// Disks by address of the member.
    pub disks: BTreeMap<String, Disk>,
    /// What other exporters see.
    pub sights: Vec<Sight>,
    /// What the nodes are called.
    pub names: Names,
    /// Log entries behind the furthest disk from which on a voter does not count.
    pub lag_limit: u64,
}

impl Input {
    /// The last round's outcome at an address; `None` if it was not asked.
    #[must_use]
    pub fn peer(&self, address: &str) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.address == address)
    }

    /// The furthest log of all disks seen.
    #[must_use]
    pub fn furthest(&self) -> Option<u64> {
        self.disks.values().map(|disk| disk.last_index).max()
    }

    /// How far the log of a member is behind the furthest; `None` if its disk is not seen, or no other is to compare with.
    #[must_use]
    pub fn lag(&self, address: &str) -> Option<u64> {
        let own = self.disks.get(address).filter(|_| self.disks.len() > 1)?;
        Some(self.furthest()?.saturating_sub(own.last_index))
    }

    /// Another member whose exporter sees this address answer.
    #[must_use]
    pub fn seen_by(&self, address: &str) -> Option<&str> {
        let foreign = |sight: &&Sight| sight.observer != address && self.own.address.as_ref() != Some(&sight.observer);
        let mut sights = self.sights.iter().filter(foreign);
        sights.find(|sight| sight.up.get(address) == Some(&true)).map(|sight| sight.observer.as_str())
    }
}
