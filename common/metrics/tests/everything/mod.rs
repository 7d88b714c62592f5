//! A table with one family of each shape, and a page of it with every special value.

use gjallarhorn_metrics::{Cumulative, Snapshot, encode, families};

families! {
    /// What was built and runs here.
    pub BUILD = gauge "gold_build_info" None [version];
    /// A text with a \ backslash and "quotes" in its help.
    pub HOSTILE = gauge "gold_hostile" None [name];
    /// A value of each kind that a float can be.
    pub FLOATS = gauge "gold_share_ratio" Ratio [case];
    /// Integers that a float cannot hold.
    pub BIG = counter "gold_read_bytes_total" Bytes [case];
    /// A number below zero.
    pub COLD = gauge "gold_temperature_celsius" Celsius [];
    /// When it was seen last.
    pub SEEN = gauge "gold_last_seen_timestamp_seconds" Seconds [];
    /// One series for each state, 1 for the current one.
    pub STATE = gauge "gold_state" None [pool, state: &["online", "degraded", "suspended"]];
    /// Never sampled, so it is not on the page.
    pub ABSENT = gauge "gold_absent_volts" Volts [];
    /// Time that an answer took.
    pub ANSWER = histogram "gold_answer_duration_seconds" Seconds [target];
}

/// Two snapshots, as two sources of one role give them.
pub(crate) fn page() -> String {
    let mut first = Snapshot::builder(100);
    first.push(&BUILD, ["0.1.0"], 1_u64);
    for name in ["", "plain", "back\\slash", "say \"x\"", "two\nlines", "{a=\"b\"} 1", "ünïcode 🔴", "\u{202e}rtl"]
    {
        first.push(&HOSTILE, [name], 1_u64);
    }
    for (case, value) in [
        ("nan", f64::NAN),
        ("plus infinity", f64::INFINITY),
        ("minus infinity", f64::NEG_INFINITY),
        ("minus zero", -0.0),
        ("a tenth", 0.1),
        ("tiny", 5e-324),
        ("huge", f64::MAX),
        ("whole", 3.0),
    ] {
        first.push(&FLOATS, [case], value);
    }
    first.push(&BIG, ["2^53 + 1"], (1_u64 << 53) + 1);
    first.push(&BIG, ["2^64 - 1"], u64::MAX);
    first.push(&COLD, [], -40_i64);
    first.push_some(&SEEN, [], Some(1_700_000_000.25));
    first.push_some(&ABSENT, [], None::<f64>);
    first.push_states(&STATE, ["tank", ""], "degraded");

    let mut second = Snapshot::builder(100);
    second.push_states(&STATE, ["backup", ""], "online");
    let buckets = [(0.005, 3), (0.1, 9), (2.5, 9), (f64::INFINITY, 10)];
    second.push_histogram(&ANSWER, ["discord"], &Cumulative { buckets: &buckets, sum: 7.125, count: 10 });

    let mut page = String::new();
    encode(TABLE, &[&first.finish(), &second.finish()], &mut page);
    page
}
