//! Whether this node's dqlite could not write once. With room again it follows the leader and yet limps, until it is started
//! anew; so what its disk was like is remembered until then.
//!
//! What its folder was like at other times tells nothing: who stops closes its segments, as a full one does, and who waits for a
//! quorum, or is a spare, has none.

use std::time::Duration;

use gjallarhorn_service::Timestamp;

use crate::model::Disk;
use crate::model::input::has_room;
use crate::source::peer::{PeerFailure, Trouble, View};

/// After this time dqlite has made the segments it writes to.
const SETTLED: Duration = Duration::from_secs(2);
/// For so long it may be without one for another reason: while a snapshot is taken over.
const SNAPSHOT: Duration = Duration::from_secs(30);

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Full {
    remembered: bool,
    /// It did not answer the last time, and may be alive: whoever is met next may be the same.
    silent: bool,
    /// Since when it is sent the log.
    sent_since: Option<Timestamp>,
    /// Since when it has no segment to write to.
    stuck_since: Option<Timestamp>,
}

/// How this node's dqlite was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// On the connection that was there before.
    Again,
    /// On a new one.
    Anew,
    /// Nothing listens, or it hung up.
    Gone,
    /// It says nothing, and may be alive.
    Silent,
}

impl Met {
    /// By the outcome of a visit.
    pub(super) fn of(outcome: &Result<View, Trouble>) -> Met {
        match outcome {
            Ok(view) if view.connecting.is_none() => Met::Again,
            Ok(_) => Met::Anew,
            Err(trouble) if matches!(trouble.kind, PeerFailure::Refused | PeerFailure::Reset) => Met::Gone,
            Err(_) => Met::Silent,
        }
    }
}

impl Full {
    /// It could not write, now or since it was last started.
    pub(super) fn is_remembered(&self) -> bool {
        self.remembered
    }

    /// Notes a round: how the node was met, whether it is sent the log, and its disk with the time at which that was looked at.
    pub(super) fn note(&mut self, at: Timestamp, met: Met, is_sent_the_log: bool, disk: Option<(Timestamp, &Disk)>) {
        if met == Met::Gone || (met == Met::Anew && !self.silent) {
            *self = Full::default();
        }
        self.silent = met == Met::Silent;
        self.sent_since = self.sent_since.or(Some(at)).filter(|_| is_sent_the_log);
        let since = self.sent_since;
        let settled = disk.filter(|(looked, _)| since.is_some_and(|since| looked.since(since) >= SETTLED));
        let stuck = settled.map(|(_, disk)| disk).filter(|disk| disk.is_stuck());
        self.stuck_since = self.stuck_since.or(Some(at)).filter(|_| stuck.is_some());
        let long = self.stuck_since.is_some_and(|since| at.since(since) >= SNAPSHOT);
        self.remembered |= stuck.is_some_and(|disk| long || !has_room(disk.free_bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Disk =
        Disk { last_index: 7, open_segments: 3, free_bytes: Some(1 << 30), stands_still: false, was_full: false };
    const FULL: Disk = Disk { free_bytes: Some(0), ..WELL };
    const NO_SEGMENT: Disk = Disk { open_segments: 0, stands_still: true, ..WELL };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::at(Duration::from_secs(seconds), Duration::from_secs(seconds))
    }

    /// Rounds of three seconds, each with a fresh look at the disk; whether it is remembered after each.
    fn after(rounds: &[(Met, bool, Disk)]) -> Vec<bool> {
        let mut full = Full::default();
        let round = |(number, (met, sent, disk)): (usize, &(Met, bool, Disk))| {
            let now = at(3 * number as u64);
            full.note(now, *met, *sent, Some((now, disk)));
            full.is_remembered()
        };
        rounds.iter().enumerate().map(round).collect()
    }

    use Met::{Again, Anew, Gone, Silent};

    #[test]
    fn a_full_disk_is_remembered_until_a_start() {
        let rounds = [
            (Anew, true, WELL),
            (Again, true, FULL),
            (Again, true, WELL),
            (Gone, true, NO_SEGMENT),
            (Anew, true, WELL),
        ];
        assert_eq!(after(&rounds), [false, true, true, false, false]);
        // So quickly that nobody met it while it was gone.
        let quick = [(Anew, true, WELL), (Again, true, FULL), (Anew, true, WELL), (Again, true, WELL)];
        assert_eq!(after(&quick), [false, true, false, false]);
    }

    /// Who did not answer in time may be met on a new connection and be the same as before.
    #[test]
    fn a_pause_is_no_start() {
        let rounds = [(Anew, true, WELL), (Again, true, FULL), (Silent, true, WELL), (Anew, true, WELL)];
        assert_eq!(after(&rounds), [false, true, true, true]);
    }

    /// A spare has no segment open, nor does a voter that waits for others after a power cut: both are well once they are sent
    /// something.
    #[test]
    fn who_is_sent_nothing_is_not_full() {
        let waits = vec![(Again, false, NO_SEGMENT); 20];
        let rounds = [vec![(Anew, false, NO_SEGMENT)], waits, vec![(Again, true, NO_SEGMENT), (Again, true, WELL)]];
        assert!(after(&rounds.concat()).iter().all(|remembered| !remembered));
    }

    /// A voter that takes a snapshot over has none for a while; one whose disk refuses new files never gets one.
    #[test]
    fn no_segment_for_long_is_as_bad_as_no_room() {
        let stuck =
            |rounds| [vec![(Anew, true, WELL)], vec![(Again, true, NO_SEGMENT); rounds], vec![(Again, true, WELL)]];
        assert_eq!(after(&stuck(10).concat()).last(), Some(&false));
        assert_eq!(after(&stuck(11).concat()).last(), Some(&true));
    }
}
