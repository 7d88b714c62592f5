//! When a fan is said to stand still.
//!
//! The tachometer of the Raspberry Pi 5 reads 0 at times while the fan turns (raspberrypi/linux#7556), so 0 rpm alone means
//! nothing. A fan stands still if it was driven and read 0 for a whole minute, *and* the chip is above the lowest trip and
//! its hysteresis, *and* it has become hotter in that minute: a fan that turns would have stopped that. It stands still
//! until it turns, is not driven any more, or the chip has cooled below that limit; that the heat no longer rises, because
//! the firmware slows the chip down, does not heal a fan.

use std::collections::VecDeque;
use std::time::Duration;

use gjallarhorn_service::Timestamp;

/// How long it must last.
const LONG_ENOUGH: Duration = Duration::from_secs(60);

/// One look at a fan.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Revolutions per minute.
    pub rpm: Option<u64>,
    /// How hard it is driven, 0 to 1.
    pub duty: Option<f64>,
    /// Temperature of the chip, °C.
    pub celsius: Option<f64>,
    /// The lowest trip at which a fan is driven, and its hysteresis, °C.
    pub threshold: Option<f64>,
}

/// What is known of a fan over time.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Looks at a driven fan without a turn, oldest first: when, and how hot.
    still: VecDeque<(Timestamp, f64)>,
    stalled: bool,
}

impl Watch {
    /// Whether the fan stands still after this look; nothing if it has no tachometer or its drive is not known.
    pub fn take(&mut self, look: Look, now: Timestamp) -> Option<bool> {
        let (Some(rpm), Some(duty)) = (look.rpm, look.duty) else {
            *self = Watch::default();
            return None;
        };
        if rpm > 0 || duty <= 0.0 {
            *self = Watch::default();
        } else if let (Some(celsius), Some(threshold)) = (look.celsius, look.threshold) {
            self.stand(celsius, threshold, now);
        }
        Some(self.stalled)
    }

    fn stand(&mut self, celsius: f64, threshold: f64, now: Timestamp) {
        self.still.push_back((now, celsius));
        // The newest of those that are old enough is what to compare with.
        while self.still.get(1).is_some_and(|(then, _)| now.since(*then) >= LONG_ENOUGH) {
            self.still.pop_front();
        }
        let before = self.still.front().filter(|(then, _)| now.since(*then) >= LONG_ENOUGH);
        let is_hotter = before.is_some_and(|(_, then)| celsius > *then);
        self.stalled = celsius >= threshold && (self.stalled || is_hotter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says after each look, ten seconds apart, whether the fan stands still.
    fn watch(looks: &[(u64, f64, f64)]) -> Vec<Option<bool>> {
        let mut watch = Watch::default();
        let look = |(second, (rpm, duty, celsius)): (usize, &(u64, f64, f64))| {
            let look = Look { rpm: Some(*rpm), duty: Some(*duty), celsius: Some(*celsius), threshold: Some(55.0) };
            watch.take(look, Timestamp::at(Duration::ZERO, Duration::from_secs(second as u64 * 10)))
        };
        looks.iter().enumerate().map(look).collect()
    }

    /// A fan that is driven, reads 0, and does not keep the chip from heating up.
    fn rising(looks: u32) -> Vec<(u64, f64, f64)> {
        (0..looks).map(|step| (0, 0.5, 56.0 + f64::from(step))).collect()
    }

    #[test]
    fn it_takes_a_minute() {
        let said = watch(&rising(8));
        assert_eq!(said, [[Some(false); 6].as_slice(), &[Some(true); 2]].concat());
    }

    #[test]
    fn a_single_turn_begins_the_minute_anew() {
        let mut looks = rising(8);
        looks[5].0 = 900;
        assert!(watch(&looks).iter().all(|said| *said == Some(false)));
    }

    #[test]
    fn a_tachometer_that_reads_0_on_a_cool_or_cooling_chip_is_no_stall() {
        let cool: Vec<_> = rising(12).into_iter().map(|(rpm, duty, celsius)| (rpm, duty, celsius - 20.0)).collect();
        assert!(watch(&cool).iter().all(|said| *said == Some(false)));
        let mut cooling = rising(12);
        cooling.reverse();
        assert!(watch(&cooling).iter().all(|said| *said == Some(false)));
        assert!(watch(&[(0, 0.5, 60.0); 12]).iter().all(|said| *said == Some(false)), "neither rising");
    }

    #[test]
    fn a_fan_that_is_not_driven_may_stand() {
        let looks: Vec<_> = rising(12).into_iter().map(|(rpm, _, celsius)| (rpm, 0.0, celsius)).collect();
        assert!(watch(&looks).iter().all(|said| *said == Some(false)));
    }

    #[test]
    fn it_stands_until_it_turns_or_the_chip_has_cooled() {
        let mut looks = rising(7);
        looks.extend([(0, 0.5, 62.0); 10]);
        assert_eq!(watch(&looks).last(), Some(&Some(true)), "no hotter, but no better");
        looks.push((1200, 0.5, 62.0));
        assert_eq!(watch(&looks).last(), Some(&Some(false)));
        looks.pop();
        looks.push((0, 0.5, 54.9));
        assert_eq!(watch(&looks).last(), Some(&Some(false)));
    }

    #[test]
    fn nothing_is_said_without_a_tachometer() {
        assert_eq!(Watch::default().take(Look { duty: Some(1.0), ..Look::default() }, Timestamp::default()), None);
        let unlimited = Look { rpm: Some(0), duty: Some(1.0), celsius: Some(90.0), threshold: None };
        assert_eq!(Watch::default().take(unlimited, Timestamp::default()), Some(false));
    }
}
