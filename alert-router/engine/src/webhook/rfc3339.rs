//! RFC 3339 times as Go writes them, any offset, up to nanoseconds.

use crate::time::Timestamp;

/// A point in time; `None` for Go's zero time (year 1), which means "not set", and for what is no time.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let bytes = text.trim().as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    for (at, mark) in [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')] {
        (*bytes.get(at)? == mark).then_some(())?;
    }
    matches!(bytes.get(10)?, b'T' | b't' | b' ').then_some(())?;
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let sane = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    (sane && year > 1).then_some(())?;
    let (millis, rest) = fraction(bytes.get(19..)?);
    let clock = hour * 3600 + minute * 60 + second - offset(rest)?;
    Some(Timestamp((days(year, month, day) * 86_400 + clock) * 1000 + millis))
}

/// Milliseconds of `.123456789`, and what follows.
fn fraction(text: &[u8]) -> (i64, &[u8]) {
    let Some(digits) = text.strip_prefix(b".") else { return (0, text) };
    let count = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    let padded = digits[..count].iter().copied().chain(std::iter::repeat(b'0'));
    (padded.take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')), &digits[count..])
}

/// Seconds east of UTC of `Z`, `+02:00`, `-0330`.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', h1, h2, b':', m1, m2] | [b'+', h1, h2, m1, m2] => (1, [h1, h2, m1, m2]),
        [b'-', h1, h2, b':', m1, m2] | [b'-', h1, h2, m1, m2] => (-1, [h1, h2, m1, m2]),
        _ => return None,
    };
    let [h1, h2, m1, m2] = digits.map(|digit| i64::from(digit.wrapping_sub(b'0')));
    [h1, h2, m1, m2].iter().all(|digit| *digit < 10).then_some(sign * ((h1 * 10 + h2) * 3600 + (m1 * 10 + m2) * 60))
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_go_writes_them() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T23:59:59.999999999Z", 1_709_251_199_999),
            ("2026-11-24T07:50:00.5Z", 1_795_506_600_500),
            ("2026-11-24T09:50:00+02:00", 1_795_506_600_000),
            ("2026-11-24T04:20:00-0330", 1_795_506_600_000),
            ("1969-12-31T23:59:59Z", -1000),
        ] {
            assert_eq!(read(text), Some(Timestamp(millis)), "{text}");
        }
    }

    #[test]
    fn the_zero_time_and_what_is_no_time_are_nothing() {
        for text in [
            "0001-01-01T00:00:00Z",
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-11-24T25:00:00Z",
            "2026-11-24T07:50:00",
            "2026-11-24T07:50:00+2",
            "2026-11-24T07:50:00+0a:00",
            "２０２６-11-24T07:50:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
