//! What a snapshot takes, refuses and says about it.

use gjallarhorn_metrics::parse::Page;
use gjallarhorn_metrics::{Cumulative, Drops, Snapshot, SnapshotBuilder, Value, encode, families};

families! {
    /// Size of the pool.
    pub SIZE = gauge "zfs_pool_size_bytes" Bytes [pool];
    /// State of the pool.
    pub STATE = gauge "zfs_pool_state" None [pool, state: &["online", "degraded"]];
    /// Time that an answer took.
    pub ANSWER = histogram "answer_duration_seconds" Seconds [target];
}

#[expect(clippy::unwrap_used, reason = "a helper of tests may end the test")]
fn drops(fill: impl Fn(&mut SnapshotBuilder)) -> (Drops, String) {
    let mut samples = Snapshot::builder(8);
    fill(&mut samples);
    let snapshot = samples.finish();
    let mut page = String::new();
    encode(TABLE, &[&snapshot], &mut page);
    let read = Page::read(&page).unwrap();
    assert_eq!(read.families.iter().map(|family| family.samples.len()).sum::<usize>(), snapshot.series());
    let Drops { over_limit, outside_table, twice } = snapshot.drops();
    assert_eq!(snapshot.dropped(), over_limit + outside_table + twice);
    (snapshot.drops(), page)
}

#[test]
fn an_absent_value_is_no_sample() {
    let (drops, page) = drops(|samples| samples.push_some(&SIZE, ["tank"], None::<u64>));
    assert_eq!((drops, page.as_str()), (Drops::default(), ""));
}

#[test]
fn the_first_of_two_equal_series_stays() {
    let (drops, page) = drops(|samples| {
        samples.push(&SIZE, ["tank"], 1_u64);
        samples.push(&SIZE, ["tank"], 2_u64);
    });
    assert_eq!(drops, Drops { twice: 1, ..Drops::default() });
    assert!(page.ends_with("zfs_pool_size_bytes{pool=\"tank\"} 1\n"));
}

#[test]
fn more_than_the_limit_is_counted() {
    let (drops, page) = drops(|samples| {
        for number in 0..10 {
            samples.push(&SIZE, [&number.to_string()], 1_u64);
        }
    });
    assert_eq!(drops, Drops { over_limit: 2, ..Drops::default() });
    assert_eq!(page.lines().count(), 2 + 8);
}

#[test]
fn a_word_outside_the_table_is_refused() {
    let (drops, _) = drops(|samples| samples.push(&STATE, ["tank", "dancing"], 1_u64));
    assert_eq!(drops, Drops { outside_table: 1, ..Drops::default() });
}

#[test]
fn a_state_set_has_one_one() {
    let (_, page) = drops(|samples| samples.push_states(&STATE, ["tank", ""], "degraded"));
    let page = Page::read(&page).unwrap();
    assert_eq!(page.value("zfs_pool_state", &[("state", "degraded")]), Some(Value::Integer(1)));
    assert_eq!(page.value("zfs_pool_state", &[("state", "online")]), Some(Value::Integer(0)));
}

#[test]
fn an_unknown_state_is_not_a_set_of_zeros() {
    let (drops, page) = drops(|samples| samples.push_states(&STATE, ["tank", ""], "dancing"));
    assert_eq!((drops, page.as_str()), (Drops { outside_table: 1, ..Drops::default() }, ""));
}

#[test]
fn a_histogram_comes_whole() {
    let answers = Cumulative { buckets: &[(0.1, 1), (0.5, 4)], sum: 1.25, count: 5 };
    let (drops, page) = drops(|samples| samples.push_histogram(&ANSWER, ["mail"], &answers));
    assert_eq!(drops, Drops::default());
    assert_eq!(
        page,
        "\
# HELP answer_duration_seconds Time that an answer took.
# TYPE answer_duration_seconds histogram
answer_duration_seconds_bucket{target=\"mail\",le=\"0.1\"} 1
answer_duration_seconds_bucket{target=\"mail\",le=\"0.5\"} 4
answer_duration_seconds_bucket{target=\"mail\",le=\"+Inf\"} 5
answer_duration_seconds_sum{target=\"mail\"} 1.25
answer_duration_seconds_count{target=\"mail\"} 5
"
    );
}

#[test]
fn a_histogram_comes_whole_or_not_at_all() {
    let one = Cumulative { buckets: &[], sum: 1.0, count: 1 };
    let other = Cumulative { buckets: &[(0.1, 1)], sum: 1.0, count: 1 };
    let broken = Cumulative { buckets: &[(0.1, 2)], sum: 1.0, count: 1 };
    let (found, page) = drops(|samples| {
        samples.push_histogram(&ANSWER, ["mail"], &one);
        samples.push_histogram(&ANSWER, ["mail"], &other);
        samples.push_histogram(&ANSWER, ["discord"], &broken);
        samples.push_histogram(&ANSWER, ["page"], &other);
        samples.push_histogram(&ANSWER, ["late"], &other);
    });
    assert_eq!(found, Drops { over_limit: 1, outside_table: 1, twice: 1 });
    assert_eq!(page.lines().count(), 2 + 3 + 4, "{page}");
}

/// Two sources that name the same thing: the page stays one that Prometheus takes.
#[test]
fn snapshots_of_one_family_are_contiguous_and_never_twice() {
    let take = |pools: &[(&str, u64)]| {
        let mut samples = Snapshot::builder(10);
        for (pool, size) in pools {
            samples.push_states(&STATE, [pool, ""], "online");
            samples.push(&SIZE, [pool], *size);
        }
        samples.finish()
    };
    let (one, other) = (take(&[("tank", 1)]), take(&[("backup", 2), ("tank", 3)]));
    let mut page = String::new();
    assert_eq!(encode(TABLE, &[&one, &Snapshot::default(), &other], &mut page), 3);
    let read = Page::read(&page).unwrap();
    assert_eq!(read.value("zfs_pool_size_bytes", &[("pool", "tank")]), Some(Value::Integer(1)));
    assert_eq!(read.value("zfs_pool_size_bytes", &[("pool", "backup")]), Some(Value::Integer(2)));
}
