//! The engine with what its shell must remember beside it, as one value that changes in one place.
//!
//! Everything here is memory only: no file, no clock. [`Core::absorb`] lets an event have happened and gives the rows
//! the ledger keeps of it; the same events give the same rows, so a replay after a crash writes them over themselves.

use std::collections::BTreeMap;

use gjallarhorn_engine::{AttemptId, Decision, Engine, Event, Policy, TargetName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::journal::Entry;
use crate::journal::entry::{AlertRow, DecisionRow};

/// The engine and the shell's memory.
#[derive(Debug)]
pub struct Core {
    /// The deciding half.
    pub engine: Engine,
    memory: Memory,
}

/// What the engine does not keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Memory {
    /// Attempts that were started and are not answered; at most one for each target.
    open: BTreeMap<TargetName, AttemptId>,
    /// Senders, and when they were last heard.
    senders: BTreeMap<String, Heard>,
    /// When each target was last told something.
    told: BTreeMap<TargetName, Timestamp>,
}

/// When a sender was last heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Its last word.
    pub at: Timestamp,
    /// Its silence has been told.
    pub silent: bool,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreFailure {
    /// The shell's line at its head.
    #[error("the head of the checkpoint is damaged")]
    Head(#[from] serde_json::Error),
    /// The engine's part.
    #[error("the engine cannot read its checkpoint")]
    Engine(#[from] gjallarhorn_engine::RestoreError),
}

/// Senders remembered; a path that anyone with the token may invent must not fill the memory.
const MOST_SENDERS: usize = 64;

impl Core {
    /// A core that knows nothing yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Core { engine: Engine::new(policy), memory: Memory::default() }
    }

    /// The whole state, for [`Core::restore`]: one line of ours, then the engine's bytes.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(&self.memory).unwrap_or_default();
        bytes.push(b'\n');
        self.engine.append_checkpoint(&mut bytes);
        bytes
    }

    /// A core as it was at a checkpoint.
    ///
    /// # Errors
    /// When the bytes are not a checkpoint this version can read.
    pub fn restore(policy: Policy, bytes: &[u8]) -> Result<Self, RestoreFailure> {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let memory = serde_json::from_slice(&bytes[..end])?;
        let engine = Engine::restore(policy, bytes.get(end + 1..).unwrap_or_default())?;
        Ok(Core { engine, memory })
    }

    /// Lets event number `seq` have happened; the rows that follow from it.
    pub fn absorb(&mut self, seq: u64, at: Timestamp, event: &Event) -> Vec<Entry> {
        self.remember(at, event);
        let decisions = self.engine.apply(at, event);
        let mut rows = alert_rows(seq, at, event, &decisions);
        rows.extend((0..).zip(&decisions).map(|(n, decision)| Entry::Decision(decision_row(seq, n, at, decision))));
        rows
    }

    fn remember(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Received { source, .. } | Event::Unreadable { source, .. } => self.heard(source, at),
            Event::Started { send } => {
                self.memory.open.insert(send.attempt.target.clone(), send.attempt.clone());
            }
            Event::Answered { attempt, outcome } => {
                self.memory.open.remove(&attempt.target);
                if let gjallarhorn_engine::Outcome::Delivered { .. } = outcome {
                    self.memory.told.insert(attempt.target.clone(), at);
                }
            }
            Event::Interrupted { attempt } => {
                self.memory.open.remove(&attempt.target);
            }
            Event::Silent { source, .. } => {
                if let Some(heard) = self.memory.senders.get_mut(source) {
                    heard.silent = true;
                }
            }
            Event::SenderBack { .. } | Event::Resumed { .. } | Event::Clock => {}
        }
    }

    fn heard(&mut self, source: &str, at: Timestamp) {
        if self.memory.senders.len() < MOST_SENDERS || self.memory.senders.contains_key(source) {
            self.memory.senders.insert(source.to_owned(), Heard { at, silent: false });
        }
    }

    /// From now on word is expected of `source`: a sender that was never heard counts as heard at `at`.
    pub fn expect_sender(&mut self, source: &str, at: Timestamp) {
        self.memory.senders.entry(source.to_owned()).or_insert(Heard { at, silent: false });
    }

    /// Attempts that were started and whose end is not known.
    #[must_use]
    pub fn unanswered(&self) -> Vec<AttemptId> {
        self.memory.open.values().cloned().collect()
    }

    /// Senders and when they were last heard.
    #[must_use]
    pub fn senders(&self) -> &BTreeMap<String, Heard> {
        &self.memory.senders
    }

    /// When `target` was last told something.
    #[must_use]
    pub fn last_told(&self, target: &TargetName) -> Option<Timestamp> {
        self.memory.told.get(target).copied()
    }
}

/// One row for each alert of a webhook, under the group the engine put it in.
fn alert_rows(seq: u64, at: Timestamp, event: &Event, decisions: &[Decision]) -> Vec<Entry> {
    let Event::Received { webhook, .. } = event else { return Vec::new() };
    let group = decisions.iter().find_map(|decision| decision.group.as_ref()).map_or("", |group| &group.0);
    let row = |(n, alert): (u32, &gjallarhorn_engine::Alert)| {
        Entry::Alert(AlertRow {
            seq,
            n,
            at_ms: at.0,
            fingerprint: alert.fingerprint.clone(),
            name: alert.labels.get("alertname").cloned().unwrap_or_default(),
            group: group.to_owned(),
            firing: alert.status == gjallarhorn_engine::Status::Firing,
            starts_ms: alert.starts_at.0,
        })
    };
    (0..).zip(&webhook.alerts).map(row).collect()
}

fn decision_row(seq: u64, n: u32, at: Timestamp, decision: &Decision) -> DecisionRow {
    DecisionRow {
        seq,
        n,
        at_ms: at.0,
        what: format!("{:?}", decision.what),
        group: decision.group.as_ref().map(|group| group.0.clone()).unwrap_or_default(),
        target: decision.target.as_ref().map(|target| target.0.clone()).unwrap_or_default(),
        reason: decision.reason.clone(),
    }
}
