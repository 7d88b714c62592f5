//! The polls: each fetches, puts what it saw where all can see it, and has it judged.

mod disk;
mod others;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_service::failure::chain;
use gjallarhorn_service::role::{Pace, Poll};
use gjallarhorn_service::{Failure, FailureKind, Timestamp};

use super::{FILES, NAME, NEIGHBOURS, SNAPD, STORE, Shared, WIRE, lock};
use crate::files::Files;
use crate::seen::{Look, Seen};
use crate::source::snapd;
use disk::Disk;
use others::Others;
use wire::Wire;

/// Reading small files takes longer than this only if a disk is stuck.
const DISK_DEADLINE: Duration = Duration::from_secs(10);

/// How often snapd is asked: a channel is changed by hand, before an upgrade.
pub(super) const CHANNEL: Duration = Duration::from_secs(600);
/// And how soon again if it did not answer: it may have been busy, and ten minutes would be told as a source that fails.
const CHANNEL_AGAIN: Duration = Duration::from_secs(30);
/// snapd on a Raspberry Pi that has just booted takes its time.
const CHANNEL_DEADLINE: Duration = Duration::from_secs(5);

/// The polls that the configuration wants.
pub(super) fn all(shared: &Arc<Shared>) -> Vec<Poll> {
    let config = &shared.config;
    let deadline = config.deadline.get();
    let mut wire = Wire::new(shared);
    let mut store = Disk::new(shared);
    let files = Arc::clone(shared);
    let rounds = &shared.rounds;
    let mut polls = vec![
        // Two rounds of visits at most, each bounded by its own deadlines.
        Poll::new(WIRE, config.interval.get(), 20 * deadline, move |now| wire.round(now))
            .nudged_by(&rounds.nudge(WIRE)),
        Poll::new(STORE, config.disk_interval.get(), DISK_DEADLINE, move |now| store.round(now))
            .nudged_by(&rounds.nudge(STORE)),
        Poll::new(FILES, config.files_interval.get(), DISK_DEADLINE, move |now| files.read_files(now)),
    ];
    polls.push(channel(shared));
    if config.exporters.is_on() {
        let mut others = Others::new(shared);
        let poll = Poll::new(NEIGHBOURS, config.interval.get(), 3 * deadline, move |now| others.round(now));
        polls.push(poll.nudged_by(&rounds.nudge(NEIGHBOURS)));
    }
    polls
}

/// Asks which channel the snap follows. Where there is no snapd, nobody is in a hurry.
fn channel(shared: &Arc<Shared>) -> Poll {
    let (shared, pace) = (Arc::clone(shared), Pace::new(CHANNEL));
    let next = pace.clone();
    let round = move |now| {
        let asked = snapd::channel(&shared.root, CHANNEL_DEADLINE);
        let is_hurt = asked.as_ref().is_err_and(|failure| failure.kind != FailureKind::Absent);
        next.set(if is_hurt { CHANNEL_AGAIN } else { CHANNEL });
        let what = asked?;
        shared.saw(now, |seen| seen.channel = Some(Look { at: now, what }));
        Ok(())
    };
    Poll::new(SNAPD, CHANNEL, DISK_DEADLINE, round).paced_by(&pace)
}

impl Shared {
    /// Reads MicroK8s' files.
    fn read_files(&self, now: Timestamp) -> Result<(), Failure> {
        let files = Files::look(&self.microk8s, &self.root);
        for (file, failure) in files.readings() {
            let row = self.health.source(NAME, FILES, file, Some(self.config.files_interval.get()));
            match failure {
                None => row.succeeded(now, now.elapsed()),
                Some(failure) => row.failed_with(failure, now, now.elapsed()),
            }
        }
        self.health.role(NAME).active(files.info.is_ok());
        let nothing = files.info.as_ref().err().filter(|_| files.table.is_err() && files.locks.is_err());
        let outcome = nothing.map_or(Ok(()), |failure| {
            Err(Failure::new(failure.kind, "read", "any of MicroK8s' files").because(chain(failure)))
        });
        lock(&self.seen).files = Some(Look { at: now, what: files });
        self.judge(now);
        outcome
    }

    /// The folder of the store, and a number that differs from node to node. Reads the files if nobody has yet: the first
    /// rounds of all polls begin at once.
    fn place(&self, now: Timestamp) -> (PathBuf, u64) {
        if lock(&self.seen).files.is_none() {
            // What fails is told by the files' own poll.
            let _ = self.read_files(now);
        }
        let seen = lock(&self.seen);
        let files = seen.files.as_ref().map(|look| &look.what);
        let id = files.and_then(|files| files.info.as_ref().ok()).map_or(0, |info| info.id);
        (files.map(|files| files.backend.clone()).unwrap_or_default(), id)
    }

    /// Has `change` applied to what was seen, and judges anew.
    fn saw(&self, now: Timestamp, change: impl FnOnce(&mut Seen)) {
        change(&mut lock(&self.seen));
        self.judge(now);
    }
}
