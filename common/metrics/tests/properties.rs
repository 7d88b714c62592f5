//! Laws that hold for whatever a machine may call its things and count in them.

use std::collections::BTreeMap;

use gjallarhorn_metrics::parse::{Page, Sample};
use gjallarhorn_metrics::{Cumulative, Family, Snapshot, Value, encode, families};
use proptest::prelude::*;

families! {
    /// Anything at all.
    pub FIRST = gauge "anything_first" None [one, other];
    /// Anything at all, with \ and "quotes".
    pub SECOND = counter "anything_second_total" None [one, other];
    /// Anything at all in buckets.
    pub THIRD = histogram "anything_third_seconds" Seconds [one];
}

/// Any text: short ones that meet often, and whatever Unicode has.
fn label() -> impl Strategy<Value = String> {
    prop_oneof![r#"[ab\\"\n\r\t\u{0} {},=]{0,3}"#, any::<String>(), Just(String::from("\u{202e}\u{feff}"))]
}

fn value() -> impl Strategy<Value = Value> {
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, 1e16, 1e-5];
    prop_oneof![
        any::<u64>().prop_map(Value::Integer),
        (1_u64 << 53..).prop_map(Value::Integer),
        any::<i64>().prop_map(Value::Signed),
        any::<u64>().prop_map(|bits| Value::Float(f64::from_bits(bits))),
        any::<f64>().prop_map(Value::Float),
        proptest::sample::select(special.to_vec()).prop_map(Value::Float),
    ]
}

/// (family, labels, value) and in which of three snapshots.
fn samples() -> impl Strategy<Value = Vec<(bool, String, String, Value, usize)>> {
    proptest::collection::vec((any::<bool>(), label(), label(), value(), 0..3_usize), 0..40)
}

/// Integers are compared exactly; a float by its bits, NaN with NaN.
fn same(written: Value, read: Value) -> bool {
    let bits = |value: Value| if value.as_f64().is_nan() { u64::MAX } else { value.as_f64().to_bits() };
    match written {
        Value::Float(_) => bits(written) == bits(read),
        whole => whole.to_string() == read.to_string(),
    }
}

fn rising() -> impl Strategy<Value = Vec<(f64, u64)>> {
    proptest::collection::vec((any::<u32>(), 0..1000_u64), 0..12).prop_map(|steps| {
        let mut total = 0;
        let mut buckets: Vec<(f64, u64)> = steps.into_iter().map(|(bound, _)| (f64::from(bound) / 7.0, 0)).collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        buckets.dedup_by(|a, b| a.0.to_bits() == b.0.to_bits());
        for (number, bucket) in buckets.iter_mut().enumerate() {
            total += number as u64;
            bucket.1 = total;
        }
        buckets
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is pushed is what a strict reader reads: nothing lost, nothing twice, nothing changed.
    #[test]
    fn a_page_reads_back_as_it_was_pushed(samples in samples()) {
        let mut builders = [Snapshot::builder(1000), Snapshot::builder(1000), Snapshot::builder(1000)];
        for (first, one, other, value, snapshot) in &samples {
            let family: &Family<2> = if *first { &FIRST } else { &SECOND };
            builders[*snapshot].push(family, [one, other], *value);
        }
        let snapshots = builders.map(gjallarhorn_metrics::SnapshotBuilder::finish);
        let within: usize = snapshots.iter().map(Snapshot::dropped).sum();
        let mut page = String::new();
        let across = encode(TABLE, &snapshots.each_ref(), &mut page);

        let mut expected = BTreeMap::new();
        for wanted in 0..3 {
            for (first, one, other, value, _) in samples.iter().filter(|sample| sample.4 == wanted) {
                expected.entry((!first, one.clone(), other.clone())).or_insert(*value);
            }
        }
        let read = Page::read(&page).map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
        let read: Vec<&Sample> = read.families.iter().flat_map(|family| &family.samples).collect();
        prop_assert_eq!(read.len(), expected.len());
        prop_assert_eq!(within + across + read.len(), samples.len());
        for sample in read {
            let label = |name| String::from(sample.label(name).unwrap_or_default());
            let key = (sample.name == SECOND.definition.name, label("one"), label("other"));
            let written = expected.get(&key).copied();
            prop_assert!(written.is_some_and(|written| same(written, sample.value)), "{:?} -> {:?}", written, sample);
        }
    }

    /// Any good histogram is a good page; the reader checks that its buckets add up.
    #[test]
    fn histograms_read_back(buckets in rising(), more in 0..9_u64, sum in any::<f64>(), one in label()) {
        let count = buckets.last().map_or(0, |last| last.1) + more;
        let mut samples = Snapshot::builder(100);
        samples.push_histogram(&THIRD, [&one], &Cumulative { buckets: &buckets, sum, count });
        let snapshot = samples.finish();
        prop_assert_eq!(snapshot.dropped(), 0);
        let mut page = String::new();
        encode(TABLE, &[&snapshot], &mut page);
        let read = Page::read(&page).map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
        prop_assert_eq!(read.families[0].samples.len(), buckets.len() + 3);
        prop_assert_eq!(read.value("anything_third_seconds_count", &[("one", &one)]), Some(Value::Integer(count)));
    }

    /// Any buckets at all: a page is written that can be read, or nothing.
    #[test]
    fn no_histogram_breaks_a_page(buckets in proptest::collection::vec((any::<f64>(), any::<u64>()), 0..4), count: u64) {
        let mut samples = Snapshot::builder(100);
        samples.push_histogram(&THIRD, ["x"], &Cumulative { buckets: &buckets, sum: 0.0, count });
        let mut page = String::new();
        encode(TABLE, &[&samples.finish()], &mut page);
        prop_assert!(Page::read(&page).is_ok(), "{}", page);
    }

    /// A value reads back bit for bit.
    #[test]
    fn values_round_trip(value in value()) {
        let read = Value::parse(&value.to_string());
        prop_assert!(read.is_some_and(|read| same(value, read)), "{} -> {:?}", value, read);
    }

    /// The reader never panics, whatever it is given.
    #[test]
    fn the_reader_takes_any_text(text in any::<String>(), line in "(# (HELP|TYPE) )?[ab:]{0,3}(\\{[a=\",\\\\]{0,9}\\}?)? ?[0-9a-zN.+-]{0,4}\n?") {
        let _ = Page::read(&text);
        let _ = Page::read(&line.repeat(2));
    }
}
