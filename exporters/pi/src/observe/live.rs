//! What a scrape shows of the sampler: its last look, and what it has counted.

use gjallarhorn_metrics::{Cumulative, Snapshot, SnapshotBuilder};

use super::SERIES_LIMIT;
use super::tally::{BOUNDS, Sample, Tally};
use crate::families as f;
use crate::parse::answer::Door;
use crate::parse::throttle::Condition;

/// What there is to show.
#[derive(Debug)]
pub struct Live<'a> {
    /// What was counted.
    pub tally: &'a Tally,
    /// The last look, if it is young enough to be the present.
    pub sample: Option<&'a Sample>,
    /// The device that answers the firmware's commands.
    pub door: Option<Door>,
    /// Whether the board can notice a weak supply, if that is known.
    pub detector: Option<bool>,
}

/// The samples.
#[must_use]
pub fn samples(live: &Live<'_>) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    if live.tally.samples > 0 {
        out.push_states(&f::FIRMWARE_DOOR, [""], live.door.map_or("none", Door::name));
        counted(live.tally, &mut out);
    }
    if let Some(sample) = live.sample {
        now(live, sample, &mut out);
    }
    out.finish()
}

fn counted(tally: &Tally, out: &mut SnapshotBuilder) {
    for condition in Condition::ALL {
        let track = tally.of(condition);
        out.push(&f::THROTTLE_EVENTS, [condition.word()], track.events);
        out.push(&f::THROTTLE_ACTIVE_SECONDS, [condition.word()], track.active);
        out.push_some(&f::THROTTLE_LAST_EVENT, [condition.word()], track.last_event);
    }
    out.push(&f::SAMPLES, [], tally.samples);
    out.push(&f::LATE, [], tally.late);
    let seen = &tally.temperatures;
    let buckets: Vec<(f64, u64)> = BOUNDS.into_iter().zip(seen.at_most).collect();
    if seen.count > 0 {
        out.push_histogram(
            &f::TEMPERATURE_SAMPLED,
            [],
            &Cumulative { buckets: &buckets, sum: seen.sum, count: seen.count },
        );
    }
}

fn now(live: &Live<'_>, sample: &Sample, out: &mut SnapshotBuilder) {
    // A board without a detector says 0 for ever, which reads as "fine".
    let is_blind = live.detector == Some(false);
    let told = Condition::ALL.into_iter().filter(|one| !(is_blind && *one == Condition::UnderVoltage));
    for condition in told {
        out.push_some(&f::THROTTLE_ACTIVE, [condition.word()], sample.holds(condition));
        let since = sample.since_boot().map(|bits| bits.since(condition));
        out.push_some(&f::THROTTLE_OCCURRED, [condition.word()], since);
    }
    out.push_some(&f::THROTTLE_FLAGS, [], sample.bits.map(|bits| bits.0));
    out.push_some(&f::ALARM, [], sample.alarm.filter(|_| !is_blind));
    out.push_some(&f::TEMPERATURE, ["soc_kernel"], sample.celsius);
}
