//! What a sample can hold, and how the text format spells it.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// A sample's value. Integers are kept as integers, so that nothing above 2^53 is rounded on the way out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// An unsigned integer, written exactly.
    Integer(u64),
    /// A signed integer, written exactly.
    Signed(i64),
    /// A float, written in its shortest form that reads back the same; NaN and infinities as Prometheus spells them.
    Float(f64),
}

impl Value {
    /// The value as Prometheus will store it: integers above 2^53 are rounded to the nearest float.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the store keeps floats; the exact value is in the text")]
    pub fn as_f64(self) -> f64 {
        match self {
            Value::Integer(value) => value as f64,
            Value::Signed(value) => value as f64,
            Value::Float(value) => value,
        }
    }

    /// Reads a value back as this crate writes it; `None` for anything else (`inf`, `0x1p3`, `1_000`, an empty text).
    #[must_use]
    pub fn parse(text: &str) -> Option<Value> {
        match text {
            "NaN" => return Some(Value::Float(f64::NAN)),
            "+Inf" => return Some(Value::Float(f64::INFINITY)),
            "-Inf" => return Some(Value::Float(f64::NEG_INFINITY)),
            _ => {}
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'e')) {
            return None;
        }
        let exact = text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Signed));
        match exact {
            // The one integer text that is not an integer: minus zero.
            Ok(Value::Signed(0)) | Err(_) => text.parse().ok().map(Value::Float),
            Ok(value) => Some(value),
        }
    }

    /// Appends the value as [`Display`](fmt::Display) spells it. Most values are 0 or 1, and to format one costs ten times
    /// as much as to write it.
    pub(crate) fn write(self, out: &mut String) {
        match self {
            Value::Integer(0) => out.push('0'),
            Value::Integer(1) => out.push('1'),
            // A text takes whatever is written to it.
            value => drop(write!(out, "{value}")),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Integer(value) => write!(out, "{value}"),
            Value::Signed(value) => write!(out, "{value}"),
            Value::Float(value) if value.is_nan() => out.write_str("NaN"),
            Value::Float(value) if value.is_infinite() => out.write_str(if value > 0.0 { "+Inf" } else { "-Inf" }),
            Value::Float(value) if reads_well_as_decimal(value) => write!(out, "{value}"),
            Value::Float(value) => write!(out, "{value:e}"),
        }
    }
}

/// Beyond these the decimal form is a row of zeros (309 digits for the largest float).
fn reads_well_as_decimal(value: f64) -> bool {
    value == 0.0 || (1e-5..1e16).contains(&value.abs())
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Value::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Integer(value.into())
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Value::Integer(value as u64)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Signed(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Integer(value.into())
    }
}

/// Seconds, the base unit of every duration.
impl From<Duration> for Value {
    fn from(value: Duration) -> Self {
        Value::Float(value.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spelt_as_prometheus_reads_them() {
        for (value, text) in [
            (Value::from(u64::MAX), "18446744073709551615"),
            (Value::from(i64::MIN), "-9223372036854775808"),
            (Value::from(true), "1"),
            (Value::from(0.1), "0.1"),
            (Value::from(-0.0), "-0"),
            (Value::from(42.0), "42"),
            (Value::from(1.5e300), "1.5e300"),
            (Value::from(5e-324), "5e-324"),
            (Value::from(f64::NAN), "NaN"),
            (Value::from(f64::INFINITY), "+Inf"),
            (Value::from(f64::NEG_INFINITY), "-Inf"),
            (Value::from(Duration::from_millis(1500)), "1.5"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn only_our_own_spelling_is_read_back() {
        for text in ["", " 1", "1 ", "inf", "nan", "Inf", "0x10", "1_000", "1e", "--1", "+1", "1E5", "e", "."] {
            assert_eq!(Value::parse(text), None, "{text:?}");
        }
        assert!(matches!(Value::parse("-0"), Some(Value::Float(zero)) if zero.is_sign_negative()));
    }
}
