//! Asks every member who leads, who belongs, and in which failure domain it stands.
//!
//! [`Peers`] keeps one connection to each and asks all at the same time, so that one that does not answer costs the others
//! nothing but its deadline. A question is sent when the one before is answered, never earlier: a node reads the next
//! request only then. A peer that fails is left alone for a while ([`backoff`]), because each handshake costs it some
//! milliseconds of its processor, and it may have just come back.
//!
//! This module knows no role and no majority: it says what a peer answered, or why it did not.

mod backoff;
mod connection;
mod failure;
mod resolve;
mod round;
mod visit;

#[cfg(test)]
mod tests;

use std::time::Duration;

use gjallarhorn_service::Timestamp;

use crate::parse::wire::{Description, Leader, Member};

pub use failure::{PeerFailure, Step, Trouble};
pub use resolve::Resolver;
pub use round::Peers;

/// How long each step may take. A visit is at most the sum of all, with three requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Finding the address of a host name.
    pub resolve: Duration,
    /// Opening the connection.
    pub connect: Duration,
    /// Shaking hands.
    pub tls: Duration,
    /// Each question, up to the last byte of its answer.
    pub request: Duration,
}

impl Default for Patience {
    /// A Pi under load needs some hundred milliseconds for a handshake; a frozen process needs for ever.
    fn default() -> Patience {
        let second = Duration::from_secs(1);
        Patience { resolve: second, connect: second, tls: 2 * second, request: second }
    }
}

/// What a peer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The leader it names; nothing if it knows none, as standbys and spares never do.
    pub leader: Option<Leader>,
    /// Its table of members; a spare's is empty or stale.
    pub members: Vec<Member>,
    /// What it says of itself; nothing if it does not know the question.
    pub description: Option<Description>,
    /// The quickest of its answers: the way there and back.
    pub quickest: Duration,
    /// The slowest of its answers.
    pub slowest: Duration,
    /// How long connecting took, if that was needed.
    pub connecting: Option<Connecting>,
}

/// How long the steps of connecting took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connecting {
    /// Finding the address; zero if it is one.
    pub resolve: Duration,
    /// Opening the connection.
    pub connect: Duration,
    /// Shaking hands.
    pub tls: Duration,
}

/// The last visit to a peer.
#[derive(Clone, Debug)]
pub struct Report {
    /// Host and port, as the cluster names it.
    pub address: String,
    /// When the round of that visit began. Older than the last round while a failing peer is left alone.
    pub at: Timestamp,
    /// What it said, or why it did not.
    pub outcome: Result<View, Trouble>,
    /// Everything since it is known.
    pub counts: Counts,
}

/// What was done to a peer since it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions sent.
    pub requests: u64,
    /// Connections begun.
    pub connects: u64,
    /// Handshakes finished.
    pub handshakes: u64,
    /// Failed visits, by [`PeerFailure`] in its order.
    pub failures: [u64; PeerFailure::ALL.len()],
}
