//! Times, sizes and lists as people say them.

use std::time::Duration;

/// `3 s ago`, `2 h ago`, `41 days ago`: one unit, rounded down.
pub(super) fn ago(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s ago"),
        seconds @ 120..7200 => format!("{} min ago", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

/// Whole GiB, MiB or KiB: the largest that leaves at least two digits, so that nothing much is lost.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..10_485_760 => format!("{} KiB", count / 1024),
        10_485_760..10_737_418_240 => format!("{} MiB", count / 1_048_576),
        _ => format!("{} GiB", count / 1_073_741_824),
    }
}

/// Whole percent, rounded up so that 0 means none; 0 of nothing.
pub(super) fn percent(part: u64, whole: u64) -> u128 {
    if whole == 0 { 0 } else { (u128::from(part) * 100).div_ceil(u128::from(whole)) }
}

/// `a, b, c`, or `none`.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sizes_and_lists_are_said_shortly() {
        let times = [(0, "0 s ago"), (120, "2 min ago"), (7200, "2 h ago"), (172_800, "2 days ago")];
        assert!(times.into_iter().all(|(seconds, text)| ago(Duration::from_secs(seconds)) == text));
        let sizes =
            [(4096, "4 KiB"), (248_299_520, "236 MiB"), (8_589_930_496, "8191 MiB"), (25_276_502_016, "23 GiB")];
        assert!(sizes.into_iter().all(|(count, text)| bytes(count) == text));
        assert_eq!((percent(0, 9), percent(1, 1000), percent(5, 0), percent(u64::MAX, u64::MAX)), (0, 1, 0, 100));
        assert_eq!((listed([].into_iter()), listed(["a", "b"].into_iter())), ("none".into(), "a, b".into()));
    }
}
