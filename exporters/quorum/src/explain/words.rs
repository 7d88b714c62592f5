//! Times and sizes as people say them.

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

/// `0.3 ms`.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// `5.5 GiB`: one digit after the point.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut tenths = u128::from(count) * 10;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while tenths >= 10_240
        && let Some(larger) = units.next()
    {
        unit = Some(larger);
        tenths /= 1024;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, unit.unwrap_or(&"B"))
}

/// What is known, or that it is not.
pub(super) fn yes_no(known: Option<bool>) -> &'static str {
    match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "cannot tell",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_unit_and_a_size_one_digit() {
        for (seconds, text) in [(0, "0 s ago"), (120, "2 min ago"), (7200, "2 h ago"), (172_800, "2 days ago")] {
            assert_eq!(ago(Duration::from_secs(seconds)), text);
        }
        assert_eq!((bytes(1023), bytes(5_905_580_032)), ("1023.0 B".to_owned(), "5.5 GiB".to_owned()));
        assert_eq!(milliseconds(Duration::from_micros(340)), "0.3 ms");
        assert_eq!([Some(true), Some(false), None].map(yes_no), ["yes", "no", "cannot tell"]);
    }
}
