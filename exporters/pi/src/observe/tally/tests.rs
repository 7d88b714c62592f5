use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const UNDER: Condition = Condition::UnderVoltage;

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_800_000_000 + seconds), Duration::from_secs(seconds))
}

/// A tally of one look a second.
fn tally(samples: impl IntoIterator<Item = Sample>) -> Tally {
    let mut tally = Tally::default();
    for (second, sample) in samples.into_iter().enumerate() {
        tally.take(&sample, at(second as u64), SECOND);
    }
    tally
}

/// Looks of the firmware's text alone.
fn texts(bits: &[u32]) -> Tally {
    tally(bits.iter().map(|bits| Sample { bits: Some(Bits(*bits)), is_text: true, ..Sample::default() }))
}

/// Looks of the kernel's alarm alone.
fn alarms(alarms: &[u8]) -> Tally {
    tally(alarms.iter().map(|alarm| Sample { alarm: Some(*alarm == 1), ..Sample::default() }))
}

/// Looks at bits and alarm.
fn both(looks: &[(u32, bool)]) -> Tally {
    tally(looks.iter().map(|(bits, alarm)| Sample {
        bits: Some(Bits(*bits)),
        is_text: true,
        alarm: Some(*alarm),
        celsius: None,
    }))
}

#[test]
fn nothing_is_counted_before_anything_happened() {
    let tally = texts(&[0, 0]);
    for condition in Condition::ALL {
        let track = tally.of(condition);
        assert_eq!((track.events, track.active, track.last_event), (0, Duration::ZERO, None));
    }
}

#[test]
fn an_alarm_held_for_two_seconds_is_counted_once() {
    let tally = alarms(&[0, 0, 1, 1, 0, 0]);
    assert_eq!((tally.of(UNDER).events, tally.of(UNDER).active), (1, SECOND * 2));
    assert_eq!(tally.of(UNDER).last_event, Some(at(2).unix));
    assert_eq!(tally.of(Condition::Throttled).events, 0);
}

#[test]
fn every_alarm_is_counted() {
    assert_eq!(alarms(&[0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]).of(UNDER).events, 3);
}

#[test]
fn each_bit_is_its_own_condition() {
    let tally = texts(&[0, 0x6, 0x4, 0, 0xc]);
    let events: Vec<u64> = Condition::ALL.iter().map(|one| tally.of(*one).events).collect();
    assert_eq!(events, [0, 1, 2, 1]);
    let active: Vec<u64> = Condition::ALL.iter().map(|one| tally.of(*one).active.as_secs()).collect();
    assert_eq!(active, [0, 1, 3, 1]);
}

#[test]
fn what_is_already_so_at_the_first_look_is_no_event() {
    let tally = texts(&[0x5_0005, 0x5_0005, 0x5_0000, 0x5_0005]);
    assert_eq!((tally.of(UNDER).events, tally.of(UNDER).active), (1, SECOND * 2));
}

#[test]
fn a_drop_between_two_looks_is_seen_by_its_since_boot_bit() {
    let tally = texts(&[0, 0x1_0000, 0x1_0000]);
    assert_eq!((tally.of(UNDER).events, tally.of(UNDER).active), (1, Duration::ZERO));
}

#[test]
fn bit_and_since_boot_bit_of_one_drop_are_one_event() {
    assert_eq!(texts(&[0, 0x1_0001, 0x1_0000]).of(UNDER).events, 1);
}

#[test]
fn the_since_boot_bits_of_a_tag_are_nobodys() {
    let looks = [0, 0x1_0000].map(|bits| Sample { bits: Some(Bits(bits)), ..Sample::default() });
    assert_eq!(tally(looks).of(UNDER).events, 0);
}

#[test]
fn one_drop_told_by_bit_and_by_alarm_is_one_event() {
    for looks in [
        // The bit first, the alarm later, while the bit is gone already.
        &[(0, false), (0x1_0001, false), (0x1_0000, false), (0x1_0000, true), (0x1_0000, true), (0x1_0000, false)][..],
        // Too short for a look; the first since boot.
        &[(0, false), (0x1_0000, false), (0x1_0000, true), (0x1_0000, true), (0x1_0000, false)],
        // The alarm first: the bit rises while it holds.
        &[(0x1_0000, false), (0x1_0000, true), (0x1_0001, true), (0x1_0000, true), (0x1_0000, false)],
    ] {
        assert_eq!(both(looks).of(UNDER).events, 1, "{looks:?}");
    }
}

#[test]
fn a_second_drop_after_the_echo_is_a_second_event() {
    let looks = [(0, false), (1, false), (0, true), (0, true), (0, false), (0, false), (0, true)];
    assert_eq!(both(&looks).of(UNDER).events, 2);
}

#[test]
fn a_look_that_saw_nothing_forgets_nothing() {
    let mut tally = texts(&[0, 1]);
    for second in 2..5 {
        tally.take(&Sample::default(), at(second), SECOND);
    }
    let back = Sample { bits: Some(Bits(1)), is_text: true, ..Sample::default() };
    tally.take(&back, at(60), SECOND);
    assert_eq!(tally.of(UNDER).events, 1, "it never ended, as far as is known");
    assert_eq!(tally.of(UNDER).active, SECOND * 3, "a second, and of the gap what two looks are worth");
}

#[test]
fn late_looks_are_counted() {
    let mut tally = Tally::default();
    for second in [0, 1, 2, 4, 5] {
        tally.take(&Sample::default(), at(second), SECOND);
    }
    assert_eq!((tally.samples, tally.late), (5, 1));
}

#[test]
fn temperatures_fall_into_their_buckets() {
    let looks = [39.9, 40.0, 79.9, 90.0].map(|celsius| Sample { celsius: Some(celsius), ..Sample::default() });
    let seen = tally(looks).temperatures;
    assert_eq!((seen.at_most, seen.count), ([2, 2, 2, 2, 2, 3, 3, 3], 4));
    assert!((seen.sum - 249.8).abs() < 1e-9);
}

proptest! {
    /// However the looks fall: no more events than rising edges, no more time than has passed, none counted twice.
    #[test]
    fn nothing_is_invented(looks in prop::collection::vec((any::<Option<u8>>(), any::<Option<bool>>(), any::<bool>()), 0..60)) {
        let samples = looks.iter().map(|(bits, alarm, is_text)| Sample {
            bits: bits.map(|bits| Bits(u32::from(bits & 0xf) | u32::from(bits >> 4) << 16)),
            is_text: *is_text,
            alarm: *alarm,
            celsius: None,
        });
        let counted = tally(samples);
        for condition in Condition::ALL {
            let track = counted.of(condition);
            prop_assert!(track.active <= SECOND * u32::try_from(looks.len()).unwrap());
            prop_assert!(track.events <= (looks.len() as u64).div_ceil(2));
            prop_assert_eq!(track.events > 0, track.last_event.is_some());
        }
        prop_assert_eq!(counted.samples, looks.len() as u64);
    }

    /// The promise of the help text: every alarm of the kernel is counted, once, if nothing else tells of it.
    #[test]
    fn every_alarm_is_one_event(gaps in prop::collection::vec((2..6_usize, 1..20_usize), 0..12)) {
        let looks: Vec<u8> = std::iter::once(0).chain(gaps.iter().flat_map(|(on, off)| {
            std::iter::repeat_n(1, *on).chain(std::iter::repeat_n(0, *off))
        })).collect();
        prop_assert_eq!(alarms(&looks).of(UNDER).events, gaps.len() as u64);
    }
}
