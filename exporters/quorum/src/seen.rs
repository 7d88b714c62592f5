//! What the polls saw last, each with its time, and what becomes of it together.
//!
//! Pure: the time is an argument. Whatever is older than it may be is left out here, so that nothing behind this line can
//! take an old look for a new one.

mod full;
mod gather;
mod rtt;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gjallarhorn_service::{Failure, Timestamp};

use crate::config::Config;
use crate::files::Files;
use crate::model::history::History;
use crate::model::names::Names;
use crate::model::{Input, Verdict, judge};
use crate::neighbours::Word;
use crate::parse::wire::Role;
use crate::source::peer::{self, Connecting, PeerFailure};
use crate::source::raft::Store;

use full::{Full, Met};
pub(crate) use rtt::Slowest;

/// The shortest time for which a look is believed; a slower poll's is believed for three of its intervals.
const BELIEVED: Duration = Duration::from_secs(15);

/// How long a look is believed that is repeated at this interval.
pub(crate) fn believed(interval: Duration) -> Duration {
    BELIEVED.max(3 * interval)
}

/// So long a node that left the table is asked on after its last answer: it may still run.
const STRANGER: Duration = Duration::from_secs(600);

/// Something that was looked at, and when.
#[derive(Debug)]
pub(crate) struct Look<T> {
    pub(crate) at: Timestamp,
    pub(crate) what: T,
}

impl<T> Look<T> {
    /// Whether it is believed at `now`, given how often it is repeated.
    pub(crate) fn is_believed(&self, now: Timestamp, interval: Duration) -> bool {
        now.since(self.at) <= believed(interval)
    }
}

/// A neighbour's address, and its word or why there is none.
pub(crate) type Told = (String, Result<Word, Failure>);

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The last round on the wire; empty if nobody could be asked.
    pub(crate) wire: Option<Look<Vec<peer::Report>>>,
    /// This node's store.
    pub(crate) store: Option<Look<Store>>,
    /// MicroK8s' files.
    pub(crate) files: Option<Look<Files>>,
    /// The channel that MicroK8s' snap follows.
    pub(crate) channel: Option<Look<String>>,
    /// What the other exporters said.
    pub(crate) words: Option<Look<Vec<Told>>>,
    /// What only time shows.
    pub(crate) history: History,
    /// The slowest answers of the last minute.
    pub(crate) slowest: Slowest,
    /// How long connecting took the last time, by peer.
    pub(crate) connecting: BTreeMap<String, Connecting>,
    /// Whether this node's dqlite could not write once.
    full: Full,
    /// What the other exporters called their nodes.
    hosts: Names,
    /// Nodes that were members once, and when they last answered.
    strangers: BTreeMap<String, Timestamp>,
    /// The members of the last judgement.
    members: BTreeSet<String>,
}

/// A judgement, and what it was made from.
#[derive(Debug)]
pub(crate) struct Judged {
    /// When the members were asked; `None` if they never were.
    pub(crate) asked: Option<Timestamp>,
    pub(crate) input: Input,
    pub(crate) verdict: Verdict,
    pub(crate) changes: u64,
    pub(crate) leaderless: Duration,
    pub(crate) leader_since: Option<Timestamp>,
}

impl Judged {
    /// Whether this node's dqlite is expected to hold a segment open, as far as that is known: it runs, and is sent the log.
    pub(crate) fn own_writes(&self) -> bool {
        let Some(own) = self.input.own.address.as_deref().filter(|_| !self.input.peers.is_empty()) else { return true };
        let runs = self.input.peer(own).is_none_or(|peer| peer.answer != Err(PeerFailure::Refused));
        runs && is_sent_the_log(own, &self.verdict)
    }
}

impl Seen {
    /// Takes a round on the wire, and lets time do its part.
    pub(crate) fn asked(&mut self, at: Timestamp, reports: Vec<peer::Report>, config: &Config) {
        for report in &reports {
            if let Ok(view) = &report.outcome {
                self.slowest.note(&report.address, at, view.slowest);
                self.strangers.insert(report.address.clone(), at);
                self.connecting.extend(view.connecting.map(|took| (report.address.clone(), took)));
            }
        }
        self.connecting.retain(|address, _| reports.iter().any(|report| report.address == *address));
        self.slowest.forget(at);
        self.strangers.retain(|_, answered| at.since(*answered) < STRANGER);
        self.wire = Some(Look { at, what: reports });
        let input = self.input(at, config);
        if let Some(furthest) = input.furthest() {
            self.history.reached(at, furthest);
        }
        let verdict = judge(&input);
        self.limps(at, &input, &verdict);
        let term = self.store.as_ref().and_then(|look| look.what.metadata.as_ref().ok()?.map(|metadata| metadata.term));
        self.history.note(at, &verdict.view, &input, term);
        self.members = verdict.view.members.iter().map(|member| member.address.clone()).collect();
    }

    /// Notes whether this node's dqlite could not write.
    fn limps(&mut self, at: Timestamp, input: &Input, verdict: &Verdict) {
        let Some(own) = self.own_address() else { return };
        let reports = self.wire.iter().flat_map(|look| &look.what);
        let Some(report) = reports.into_iter().find(|report| report.address == own) else { return };
        let looked = self.store.as_ref().map(|look| look.at);
        let disk = looked.zip(input.disks.get(&own));
        let met = Met::of(&report.outcome);
        self.full.note(at, met, is_sent_the_log(&own, verdict), disk);
    }

    /// Takes a round of words, and remembers what their nodes are called.
    pub(crate) fn told(&mut self, at: Timestamp, words: Vec<Told>, config: &Config) {
        for word in
            words.iter().filter_map(|(_, word)| word.as_ref().ok()).filter(|word| word.cluster == config.cluster)
        {
            // Only members: there are at most as many names as there are of them.
            if let Some(address) = word.address.as_ref().filter(|address| self.members.contains(*address)) {
                self.hosts.call(address, &word.host);
            }
        }
        self.words = Some(Look { at, what: words });
    }

    /// Whom to ask: everybody that a file, a table or the configuration names, and who was a member until lately.
    pub(crate) fn addresses(&self, config: &Config) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = config.peers.iter().cloned().collect();
        all.extend(self.members.iter().cloned());
        all.extend(self.strangers.keys().cloned());
        if let Some(files) = &self.files {
            all.extend(files.what.info.as_ref().ok().map(|info| info.address.clone()));
            let rows = files.what.table.as_ref().ok().into_iter().flat_map(|table| &table.members);
            all.extend(rows.map(|member| member.address.clone()));
        }
        all.retain(|address| !address.is_empty());
        all
    }

    /// The address of this node's member, if its file can be read.
    pub(crate) fn own_address(&self) -> Option<String> {
        self.files.as_ref()?.what.info.as_ref().ok().map(|info| info.address.clone())
    }

    /// What it all means at `now`.
    pub(crate) fn judged(&self, now: Timestamp, config: &Config) -> Judged {
        let input = self.input(now, config);
        let verdict = judge(&input);
        Judged {
            asked: self.wire.as_ref().map(|look| look.at),
            changes: self.history.changes(),
            leaderless: self.history.leaderless(),
            leader_since: self.history.leader_since(&verdict.view),
            input,
            verdict,
        }
    }
}

/// Whether somebody leads and the member at an address is sent what is written; a spare is not.
fn is_sent_the_log(address: &str, verdict: &Verdict) -> bool {
    let role = verdict.view.member(address).map(|member| member.role);
    verdict.view.leader.is_some() && matches!(role, Some(Role::Voter | Role::Standby))
}
