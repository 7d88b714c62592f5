//! Times and sizes as people write them, within bounds that stand in the type.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Units of time, largest first, in seconds.
const TIMES: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

/// Units of size, largest first, in bytes.
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// A time written as `90s`, `5m`, `1h30m` or `2d`, from `MIN` to `MAX` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Span<MIN, MAX> {
    /// For defaults: `seconds`, moved into the bounds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Span(clamp(seconds, MIN, MAX))
    }

    /// The time.
    #[must_use]
    pub const fn get(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Span<MIN, MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&time_text(self.0))
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Span<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(SpanText::<MIN, MAX>).map(Span)
    }
}

/// A number of bytes written as `512`, `64KiB` or `16MiB`, from `MIN` to `MAX` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Size<MIN, MAX> {
    /// For defaults: `bytes`, moved into the bounds.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Size(clamp(bytes, MIN, MAX))
    }

    /// The number of bytes.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Size<MIN, MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&size_text(self.0))
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Size<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(SizeText::<MIN, MAX>).map(Size)
    }
}

// The bounds are checked inside the visitors: only there does the parser add the key to the message.
struct SpanText<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Visitor<'_> for SpanText<MIN, MAX> {
    type Value = u64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a time such as `90s`, `5m` or `1h30m`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let seconds = parse_time(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
        within(seconds, MIN, MAX, time_text)
    }
}

struct SizeText<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Visitor<'_> for SizeText<MIN, MAX> {
    type Value = u64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a size such as `512` (bytes), `64KiB` or `16MiB`")
    }

    fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<u64, E> {
        within(bytes, MIN, MAX, size_text)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let bytes = parse_size(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
        within(bytes, MIN, MAX, size_text)
    }
}

/// `1h30m`: each unit at most once, larger ones first.
fn parse_time(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut seconds = 0_u64;
    for (unit, worth) in TIMES {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        if let Some(after) = rest[digits..].strip_prefix(unit) {
            seconds = seconds.checked_add(rest[..digits].parse::<u64>().ok()?.checked_mul(worth)?)?;
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(seconds)
}

fn parse_size(text: &str) -> Option<u64> {
    let (number, worth) =
        SIZES.iter().find_map(|(unit, worth)| Some((text.strip_suffix(unit)?, *worth))).unwrap_or((text, 1));
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits { number.parse::<u64>().ok()?.checked_mul(worth) } else { None }
}

fn time_text(mut seconds: u64) -> String {
    let mut text = String::new();
    for (unit, worth) in TIMES {
        if seconds >= worth || (text.is_empty() && worth == 1) {
            text += &format!("{}{unit}", seconds / worth);
            seconds %= worth;
        }
    }
    text
}

fn size_text(bytes: u64) -> String {
    let exact = SIZES.iter().find(|(_, worth)| bytes >= *worth && bytes.is_multiple_of(*worth));
    exact.map_or_else(|| bytes.to_string(), |(unit, worth)| format!("{}{unit}", bytes / worth))
}

fn within<E: de::Error>(value: u64, min: u64, max: u64, text: fn(u64) -> String) -> Result<u64, E> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    Err(E::custom(format!("`{}` is outside {} to {}", text(value), text(min), text(max))))
}

const fn clamp(value: u64, min: u64, max: u64) -> u64 {
    if value < min {
        min
    } else if value > max {
        max
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_strictly() {
        let good = [("90s", 90), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("0s", 0), ("1d1h1m1s", 90_061)];
        for (text, seconds) in good {
            assert_eq!(parse_time(text), Some(seconds), "{text}");
        }
        for text in ["", "90", "s", "5 m", "-5m", "1.5h", "30m1h", "5m5m", "5ms", "5min", "ü", "99999999999999999999s"]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_read_strictly() {
        for (text, bytes) in [("512", 512), ("64KiB", 65_536), ("16MiB", 16 << 20), ("1GiB", 1 << 30)] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in ["", "KiB", "64KB", "64 KiB", "+1", "1.5MiB", "99999999999999999999", "18446744073709551615GiB"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in 0..u64::from(u32::MAX)) {
            prop_assert_eq!(parse_time(&time_text(value)), Some(value));
            prop_assert_eq!(parse_size(&size_text(value)), Some(value));
        }

        #[test]
        fn anything_is_read_without_a_panic(text in ".*") {
            let _ = (parse_time(&text), parse_size(&text));
        }
    }
}
