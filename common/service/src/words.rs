//! Times, sizes and lists as people say them, for every `explain`.

use std::time::Duration;

/// `3 s ago`, `2 h ago`, `41 days ago`.
#[must_use]
pub fn ago(time: Duration) -> String {
    format!("{} ago", span(time))
}

/// `3 s`, `12 min`, `2 h`, `41 days`: one unit, rounded down.
#[must_use]
pub fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// `5.5 GiB`: one digit after the point.
#[must_use]
pub fn bytes(count: u64) -> String {
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

/// `a, b, c`, or `none`.
#[must_use]
pub fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_unit() {
        for (seconds, text) in
            [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 days")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_size_has_one_digit() {
        for (count, text) in [(0, "0.0 B"), (1023, "1023.0 B"), (5_905_580_032, "5.5 GiB"), (u64::MAX, "16383.9 PiB")] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn nothing_is_called_none() {
        assert_eq!(listed([].into_iter()), "none");
        assert_eq!(listed(["a", "b"].into_iter()), "a, b");
    }
}
