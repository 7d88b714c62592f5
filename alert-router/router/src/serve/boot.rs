//! From the journal to a core that goes on where the last process stopped.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_engine::{Event, Limits, Policy, Timestamp};
use gjallarhorn_service::clock::Timestamp as Reading;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::core::Core;
use crate::journal::recall::StoredBucket;
use crate::journal::retention::Keep;
use crate::journal::writer::Note;
use crate::journal::{Entry, JournalFailure, Recalled, Writer};
use crate::keeper::Expectations;
use crate::ledger::times;
use crate::metrics::Metrics;
use crate::record;
use crate::shared::Shared;

/// How long a start waits for the journal's old log.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the start found.
#[derive(Debug)]
pub struct Booted {
    /// The core and what goes with it.
    pub shared: Arc<Shared>,
    /// The number of the newest event.
    pub seq: u64,
    /// Ledger rows of the replay; they may be on the disk already.
    pub owed: Vec<Entry>,
    /// Events that must come first: attempts that were cut off.
    pub first: Vec<Event>,
    /// Limits that had been announced.
    pub buckets: Vec<StoredBucket>,
    /// What the journal's first opening had to say, or why it could not be read.
    pub found: Result<Note, JournalFailure>,
}

/// Opens the journal and replays it. A journal that cannot be read is no reason not to start.
///
/// # Errors
/// The metric table is unsound.
pub async fn boot(writer: &mut Writer, policy: Policy, config: &Config) -> Result<Booted> {
    let (recalled, found) = match writer.recall(PATIENCE).await {
        Ok((recalled, note)) => (recalled, Ok(note)),
        Err(failure @ JournalFailure::Newer { .. }) => return Err(failure.into()),
        Err(failure) => (Recalled::default(), Err(failure)),
    };
    let clock = Clock::start(recalled.newest_ms);
    let seq = recalled.last_seq();
    let (mut core, owed) = replay(policy, &recalled);
    for source in config.senders.keys() {
        core.expect_sender(source, clock.now());
    }
    let first: Vec<_> = core.unanswered().into_iter().map(|attempt| Event::Interrupted { attempt }).collect();
    info!(events = recalled.events.len(), interrupted = first.len(), "the journal was replayed");
    let metrics = Metrics::new().context("make the metrics")?;
    config.senders.keys().for_each(|source| metrics.expect_sender(source));
    let shared = Shared::new(core, clock, metrics);
    Ok(Booted { shared, seq, owed, first, buckets: recalled.buckets, found })
}

/// The core as it was, and the ledger rows that follow from the log once more.
#[must_use]
pub fn replay(policy: Policy, recalled: &Recalled) -> (Core, Vec<Entry>) {
    let restored = recalled.checkpoint.as_ref().map(|(_, bytes)| Core::restore(policy.clone(), bytes));
    let mut core = match restored {
        Some(Ok(core)) => core,
        Some(Err(failure)) => {
            error!(reason = %chain(&failure), "the checkpoint cannot be read: only what came after it is known");
            Core::new(policy)
        }
        None => Core::new(policy),
    };
    let mut rows = Vec::new();
    for stored in &recalled.events {
        match record::read(stored, &Limits::default()) {
            Some(event) => rows.extend(core.absorb(stored.seq, Timestamp(stored.at_ms), &event)),
            None => warn!(seq = stored.seq, kind = %stored.kind, "an event of the log cannot be read any more"),
        }
    }
    (core, rows)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

/// The engine's policy.
///
/// # Errors
/// A condition that cannot be read; [`config::check`] has found it before.
pub fn policy(config: &Config) -> Result<Policy> {
    let now = Timestamp(i64::try_from(Reading::now().unix.as_millis()).unwrap_or(i64::MAX));
    Ok(config::policy(config, times::zone(now))?)
}

/// How much is kept.
#[must_use]
pub fn keep(config: &Config) -> Keep {
    let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Keep { raw_ms: ms(config.keep.raw.get()), ledger_ms: ms(config.keep.ledger.get()), bytes: config.keep.size.get() }
}

/// From whom word is expected.
#[must_use]
pub fn expectations(config: &Config) -> Expectations {
    let expected = |(name, sender): (&String, &config::Sender)| Some((name.clone(), sender.silent_after?.get()));
    config.senders.iter().filter_map(expected).collect()
}
