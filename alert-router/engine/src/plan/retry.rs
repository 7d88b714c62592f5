//! When to try again: schedules as data. Jitter is made of the attempt's name, so that a replay waits the same.

use std::time::Duration;

use crate::names::{AttemptId, hash};
use crate::policy::Medium;
use crate::state::telling::Trouble;

/// From so many failures on a well lane the message itself is suspected, and tried ever more rarely.
pub(crate) const SUSPECT: u32 = 3;

/// Seconds between tries of one mail: greylisting wants five minutes and the same envelope.
const MAIL: [u64; 7] = [30, 120, 300, 600, 1200, 2400, 3600];
/// Seconds between tries of a lane that does not answer: a critical message must follow soon after the peer is back.
const LANE: [u64; 6] = [1, 2, 4, 8, 16, 30];
/// Seconds between tries of a message that fails while others do not.
const SUSPECTED: [u64; 4] = [60, 120, 300, 600];
/// The longest wait a peer may ask for.
const HINT: Duration = Duration::from_secs(900);
/// No schedule waits longer; a later time means that the clock was set back.
pub(crate) const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// How long one thing waits after its last failure.
pub(crate) fn wait(medium: Medium, trouble: &Trouble, attempt: &AttemptId) -> Duration {
    let seconds = match medium {
        Medium::Mail => step(&MAIL, trouble.tries),
        _ if trouble.alone >= SUSPECT => step(&SUSPECTED, trouble.alone - SUSPECT + 1),
        _ => step(&LANE, trouble.tries),
    };
    jittered(Duration::from_secs(seconds), attempt)
}

/// How long a lane waits after so many failures in a row; a peer's hint is followed within bounds.
pub(crate) fn lane_wait(failures: u32, hint: Option<Duration>, attempt: &AttemptId) -> Duration {
    let own = Duration::from_secs(step(&LANE, failures));
    jittered(hint.map_or(own, |hint| hint.min(HINT)), attempt)
}

/// The `nth` step, counted from 1; the last one for ever.
fn step(schedule: &[u64], nth: u32) -> u64 {
    let place = usize::try_from(nth.saturating_sub(1)).unwrap_or(usize::MAX).min(schedule.len() - 1);
    schedule[place]
}

/// Up to a tenth longer, never shorter.
fn jittered(wait: Duration, attempt: &AttemptId) -> Duration {
    let name = hash([attempt.target.0.as_str(), &attempt.number.to_string()]);
    let part = u32::from_str_radix(&name[12..], 16).unwrap_or(0) % 101;
    wait + wait * part / 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::TargetName;

    fn nth(number: u64) -> AttemptId {
        AttemptId { target: TargetName("t".to_owned()), number }
    }

    #[test]
    fn mail_waits_as_greylisting_wants() {
        for (tries, seconds) in [(1, 30), (2, 120), (3, 300), (7, 3600), (40, 3600)] {
            let waited = wait(Medium::Mail, &Trouble { tries, ..Trouble::default() }, &nth(1)).as_secs_f64();
            assert!((1.0..=1.1).contains(&(waited / f64::from(seconds))), "{tries}: {waited}");
        }
    }

    #[test]
    fn a_lane_is_asked_at_least_twice_a_minute_and_a_hint_is_followed() {
        assert!(lane_wait(99, None, &nth(1)) <= Duration::from_secs(33));
        let hint = Duration::from_secs(42);
        assert!(lane_wait(1, Some(hint), &nth(1)) >= hint);
        assert!(lane_wait(1, Some(Duration::from_secs(1 << 40)), &nth(1)) <= HINT + HINT / 10);
    }

    #[test]
    fn jitter_is_bounded_and_the_same_for_the_same_attempt() {
        let second = Duration::from_secs(1);
        let waits: Vec<_> = (0..200).map(|number| jittered(second, &nth(number))).collect();
        assert!(waits.iter().all(|wait| (second..=second + second / 10).contains(wait)));
        assert!(waits.iter().any(|wait| *wait != waits[0]));
        assert_eq!(jittered(second, &nth(7)), waits[7]);
    }

    #[test]
    fn a_message_that_fails_alone_is_tried_ever_more_rarely() {
        let alone = |alone| wait(Medium::Discord, &Trouble { tries: 9, alone, ..Trouble::default() }, &nth(1));
        assert!(alone(2) < alone(3) && alone(3) < alone(6) && alone(6) < LONGEST);
    }
}
