//! What a sample can hold.

use std::fmt;

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

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Integer(value) => write!(out, "{value}"),
            Value::Signed(value) => write!(out, "{value}"),
            Value::Float(value) if value.is_nan() => out.write_str("NaN"),
            Value::Float(value) if value.is_infinite() => out.write_str(if value > 0.0 { "+Inf" } else { "-Inf" }),
            Value::Float(value) => write!(out, "{value}"),
        }
    }
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
