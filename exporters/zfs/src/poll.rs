//! Tier 1: a round of full reports, one pool after the other, since one lock of the kernel serves them all anyway.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::child::ChildState;
use gjallarhorn_service::{Failure, FailureKind, Timestamp};
use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::config;
use gjallarhorn_zfs::parse::model::{Pool, PoolState};
use gjallarhorn_zfs::parse::nvlist::Refusal;
use gjallarhorn_zfs::parse::reply::Reply;
use gjallarhorn_zfs::source::kernel::{self, Kernel};

use crate::observe::report;
use crate::role::{NAME, POOL_STATS, Report, Shared};

/// Less time than this is not worth a question that then counts as unanswered.
const WORTH_ASKING: Duration = Duration::from_millis(50);

/// Whoever can be asked for the report on a pool.
pub(crate) trait Ask: Send {
    /// The report, waiting at most `deadline`.
    fn pool_stats(&mut self, pool: &str, deadline: Duration) -> Result<Reply, Failure>;

    /// Since when it has been busy with an earlier question.
    fn busy_since(&mut self) -> Option<Timestamp>;
}

impl Ask for Kernel {
    fn pool_stats(&mut self, pool: &str, deadline: Duration) -> Result<Reply, Failure> {
        Kernel::pool_stats(self, pool, deadline)
    }

    fn busy_since(&mut self) -> Option<Timestamp> {
        match self.state() {
            ChildState::Busy(since) => Some(since),
            ChildState::Ready | ChildState::Lost(_) => None,
        }
    }
}

/// Asks for reports, round after round.
pub(crate) struct Poller {
    shared: Arc<Shared>,
    kernel: Box<dyn Ask>,
}

/// What is the same for all pools of a round.
struct Round {
    /// The moment the shell names: reports count as taken then.
    begun: Timestamp,
    /// The clock when the round really began: what is left of the deadline counts from here.
    started: Timestamp,
    features: Option<Vec<String>>,
    hostid: Option<u64>,
}

impl Poller {
    pub(crate) fn new(shared: Arc<Shared>, kernel: Box<dyn Ask>) -> Poller {
        Poller { shared, kernel }
    }

    /// Asks for the report of every pool. The round failed if no pool could be read at all.
    pub(crate) fn round(&mut self, now: Timestamp) -> Result<(), Failure> {
        let names = self.shared.pools()?;
        let present: BTreeSet<String> = names.iter().cloned().collect();
        self.shared.keep_only(&present);
        let machine = &self.shared.machine;
        let started = Timestamp::now();
        let round = Round { begun: now, started, features: machine.features().ok(), hostid: machine.hostid() };
        let outcomes: Vec<_> = names.iter().map(|name| self.one(name, &round)).collect();
        self.learn(&present, now);
        let foreign = names.iter().filter_map(|name| self.shared.last_report(name));
        let foreign = foreign.map(|report| report.pool.foreign_layouts.len()).sum();
        self.shared.health.unknown_layout(NAME, POOL_STATS, foreign);
        self.pace(&names, now);
        let some = outcomes.iter().any(Result::is_ok);
        if some { Ok(()) } else { outcomes.into_iter().next().unwrap_or(Ok(())) }
    }

    /// Chooses the time until the next round: longer only if this one has found every pool calm.
    fn pace(&self, names: &[String], now: Timestamp) {
        let is_calm = |report: Arc<Report>| report.taken == now && report.calm;
        let calm = names.iter().all(|name| self.shared.last_report(name).is_some_and(is_calm));
        self.shared.pace.set(self.shared.config.pace(calm));
        // Else the rows would promise the next report at the old pace.
        for name in names {
            self.shared.row(POOL_STATS, name);
        }
    }

    /// Asks for one report and tells how it went.
    fn one(&mut self, pool: &str, round: &Round) -> Result<(), Failure> {
        let row = self.shared.row(POOL_STATS, pool);
        let begun = Timestamp::now();
        let state = self.shared.machine.state(pool).ok().map(|word| word.state);
        let outcome = self.ask(pool, round).and_then(|reply| read(pool, &reply));
        let outcome = outcome.map(|report| {
            let partial = partial(pool, &report);
            self.keep(pool, report, state, round);
            partial
        });
        match &outcome {
            Ok(None) => row.succeeded(Timestamp::now(), begun.elapsed()),
            Ok(Some(failure)) | Err(failure) => row.failed_with(failure, Timestamp::now(), begun.elapsed()),
        }
        if let Some(since) = self.kernel.busy_since() {
            row.blocked_since(since);
        }
        outcome.map(drop)
    }

    fn ask(&mut self, pool: &str, round: &Round) -> Result<Reply, Failure> {
        let left = self.shared.config.deadline.get().saturating_sub(round.started.elapsed());
        let unasked = |kind, why: &'static str| Err(Failure::new(kind, "ask for", pool).because(why));
        match self.kernel.busy_since() {
            Some(_) => unasked(FailureKind::Blocked, "an earlier question is still out"),
            None if left < WORTH_ASKING => unasked(FailureKind::Timeout, "the other pools took the round's time"),
            None => self.kernel.pool_stats(pool, left),
        }
    }

    /// A report counts as taken when its round began: it is at least that young.
    fn keep(&self, name: &str, pool: Pool, state: Option<PoolState>, round: &Round) {
        let around = Surroundings { module_features: round.features.as_deref(), hostid: round.hostid };
        let seconds = self.shared.machine.moment(round.begun).unwrap_or(round.begun).unix.as_secs();
        let conditions = evaluate(&pool, around);
        let calm = conditions.healthy() == Some(true) && !pool.is_at_work();
        let before = self.shared.last_report(name).map(|report| Arc::clone(&report.snapshot)).unwrap_or_default();
        let snapshot = Arc::new(report::samples(name, &pool, &conditions, seconds, &before));
        self.shared.report(name, Report { taken: round.begun, state, calm, pool, snapshot });
    }

    /// Remembers the pools that are there and what their reports say of the past.
    fn learn(&self, present: &BTreeSet<String>, now: Timestamp) {
        let seconds = now.unix.as_secs();
        let reports: Vec<_> = present.iter().map(|name| (name, self.shared.last_report(name))).collect();
        let config = &self.shared.config;
        self.shared.remember(|memory| {
            config.forget.iter().for_each(|pool| memory.forget(pool));
            for (name, report) in reports.iter().filter(|(name, _)| !config.forgets(name)) {
                match report {
                    Some(report) => memory.learn(name, &report.pool, present, seconds),
                    None => memory.saw(name, seconds),
                }
            }
        });
    }
}

/// The meaning of a reply.
fn read(pool: &str, reply: &Reply) -> Result<Pool, Failure> {
    if reply.packed.is_empty() {
        return Err(kernel::refusal(pool, reply.errno));
    }
    config::reply(&reply.packed).map_err(|refusal| {
        let kind = match refusal {
            Refusal::Short(_) => FailureKind::Malformed,
            _ => FailureKind::Unsupported,
        };
        Failure::new(kind, "read the report on", pool).because(refusal)
    })
}

/// What of a report could not be read; what could is said all the same.
fn partial(pool: &str, report: &Pool) -> Option<Failure> {
    let first = report.problems.first()?;
    let more = report.problems.len().saturating_sub(1);
    let why = if more == 0 { first.clone() } else { format!("{first}, and {more} more") };
    Some(Failure::new(FailureKind::Malformed, "read the report on", pool).because(why))
}
