#![expect(unreachable_pub, reason = "the macro makes public tables, as a role's families need them")]

use super::*;
use crate::families;

mod good {
    super::families! {
        /// Size of the pool, as the pool itself counts it.
        pub SIZE = gauge "zfs_pool_size_bytes" Bytes [pool];
        /// 1 for the state in which the pool is.
        pub STATE = gauge "zfs_pool_state" None [pool, state: &["online", "degraded"]];
        /// When the last scrub was completed.
        pub SCRUBBED = gauge "zfs_pool_last_scrub_timestamp_seconds" Seconds [pool];
        /// Seconds spent waiting.
        pub WAITED = counter "zfs_pool_waited_seconds_total" Seconds [pool];
        /// Reads that failed.
        pub ERRORS = counter "zfs_vdev_read_errors_total" None [pool, vdev];
        /// What was built.
        pub BUILD = gauge "gjallarhorn_build_info" None [version];
        /// Time that an answer took.
        pub ANSWER = histogram "gjallarhorn_router_answer_duration_seconds" Seconds [];
    }
}

#[test]
fn a_good_table_has_no_findings() {
    assert_eq!(table(good::TABLE), []);
}

/// One row with one mistake each, and a part of the words that must be found; nothing else may be found.
macro_rules! mistakes {
    ($($test:ident: $words:literal { $($row:tt)+ })+) => {
        $(#[test]
        fn $test() {
            families! { $($row)+ }
            let found: Vec<String> = table(TABLE).iter().map(ToString::to_string).collect();
            assert!(matches!(&found[..], [one] if one.contains($words)), "{found:?}");
        })+
    };
}

mistakes! {
    camel_case: "lower case" { /** A size. */ pub A = gauge "zfs_poolSize_bytes" Bytes [pool]; }
    digit_first: "lower case" { /** A size. */ pub A = gauge "2fs_size_bytes" Bytes [pool]; }
    two_underscores: "lower case" { /** A size. */ pub A = gauge "zfs__size_bytes" Bytes [pool]; }
    colon: "recording rules" { /** A size. */ pub A = gauge "zfs:size_bytes" Bytes [pool]; }
    counter_without_total: "ends in `_total`" { /** All reads. */ pub A = counter "zfs_reads" None [pool]; }
    gauge_with_total: "is for counters" { /** All reads. */ pub A = gauge "zfs_reads_total" None [pool]; }
    unit_missing: "ends in `_bytes`" { /** A size. */ pub A = gauge "zfs_size" Bytes [pool]; }
    unit_before_the_end: "ends in `_bytes`" { /** A size. */ pub A = gauge "zfs_bytes_used" Bytes [pool]; }
    unit_undeclared: "no unit" { /** A size. */ pub A = gauge "zfs_size_bytes" None [pool]; }
    unit_of_another_kind: "ends in `_seconds`" { /** An age. */ pub A = gauge "zfs_age_bytes" Seconds [pool]; }
    percent: "`_ratio`" { /** A share. */ pub A = gauge "zfs_used_percent" None [pool]; }
    milliseconds: "use seconds" { /** An age. */ pub A = gauge "zfs_age_milliseconds" None [pool]; }
    kilobytes: "use bytes" { /** A size. */ pub A = gauge "zfs_size_kilobytes" None [pool]; }
    milliwatts: "use watts" { /** A power. */ pub A = gauge "pi_power_milliwatts" None [rail]; }
    histogram_part: "`_count`" { /** A count. */ pub A = gauge "zfs_disk_count" None [pool]; }
    info_without_labels: "`_info`" { /** What was built. */ pub A = gauge "zfs_info" None []; }
    timestamp_without_unit: "`_timestamp_seconds`" { /** A time. */ pub A = gauge "zfs_scrub_timestamp" None [pool]; }
    type_in_name: "TYPE line" { /** A size. */ pub A = gauge "zfs_gauge_bytes" Bytes [pool]; }
    help_without_stop: "sentence" { /** A size */ pub A = gauge "zfs_size_bytes" Bytes [pool]; }
    help_without_capital: "sentence" { /** a size. */ pub A = gauge "zfs_size_bytes" Bytes [pool]; }
    help_of_one_word: "more than the name" { /** Size. */ pub A = gauge "zfs_size_bytes" Bytes [pool]; }
    label_in_camel_case: "lower case" { /** A size. */ pub A = gauge "zfs_size_bytes" Bytes [poolName]; }
    label_of_the_scrape: "the scrape sets it" { /** A size. */ pub A = gauge "zfs_size_bytes" Bytes [instance]; }
    label_of_a_histogram: "bucket bound" { /** A time. */ pub A = histogram "zfs_wait_seconds" Seconds [le]; }
    label_twice: "there twice" { /** A size. */ pub A = gauge "zfs_size_bytes" Bytes [pool, pool]; }
    word_twice: "allows `on` twice" { /** A state. */ pub A = gauge "zfs_state" None [state: &["on", "on"]]; }
    empty_word: "empty word" { /** A state. */ pub A = gauge "zfs_state" None [state: &["on", ""]]; }
    no_words: "allows nothing" { /** A state. */ pub A = gauge "zfs_state" None [state: &[]]; }
}

#[test]
fn a_name_may_stand_in_one_table_only() {
    let found = tables(&[good::TABLE, good::TABLE]);
    assert_eq!(found.len(), good::TABLE.len());
    assert_eq!(found[0].to_string(), "zfs_pool_size_bytes: the name is declared twice");
}

#[test]
fn a_long_help_is_found() {
    static LONG: Definition = Definition {
        help: concat!(
            "A size ",
            "that goes on and on and on and on and on and on and on and on and on and on \
        and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on \
        and on and on and on and on and on and on and on and on and on and on and on and on and on."
        ),
        ..A_SIZE
    };
    const A_SIZE: Definition = Definition {
        name: "zfs_size_bytes",
        help: "",
        kind: crate::Kind::Gauge,
        unit: crate::Unit::Bytes,
        labels: &[],
    };
    assert_eq!(table(&[&LONG]).len(), 1);
}
