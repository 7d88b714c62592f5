//! Durations as a person says them.

use std::time::Duration;

/// `40 s`, `15 min`, `1 h 30 min`, `33 h`, `41 days`: never more precise than useful.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..36_000 if minutes % 60 >= 5 => format!("{hours} h {} min", minutes % 60),
        3600..172_800 => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_precise_as_useful() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (15 * 60 + 59, "15 min"),
            (4 * 3600 + 200, "4 h"),
            (5400, "1 h 30 min"),
            (33 * 3600 + 1800, "33 h"),
            (41 * 86_400, "41 days"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), words);
        }
    }
}
