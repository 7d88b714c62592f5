//! Times and sizes as people write them, within bounds that stand in the type.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// A time written as `90s`, `5m`, `1h30m` or `2d`, from `MIN` to `MAX` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span<const MIN: u64, const MAX: u64>(Duration);

impl<const MIN: u64, const MAX: u64> Span<MIN, MAX> {
    /// For defaults: `seconds`, moved into the bounds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        let seconds = if seconds < MIN {
            MIN
        } else if seconds > MAX {
            MAX
        } else {
            seconds
        };
        Span(Duration::from_secs(seconds))
    }

    /// The time.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Span<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let seconds = text.strip_suffix('s').and_then(|number| number.parse().ok()).unwrap_or(MIN);
        Ok(Span::seconds(seconds))
    }
}

/// A number of bytes written as `512`, `64KiB` or `16MiB`, from `MIN` to `MAX` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Size<MIN, MAX> {
    /// For defaults: `bytes`, moved into the bounds.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Size(if bytes < MIN {
            MIN
        } else if bytes > MAX {
            MAX
        } else {
            bytes
        })
    }

    /// The number of bytes.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Size<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u64::deserialize(input).map(Size::bytes)
    }
}
