//! The firmware's throttle bits (`vcgencmd` manual page, `get_throttled`): 0 to 3 hold now, 16 to 19 have held since boot.

/// One of the four conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// The 5 V are below 4.63 V.
    UnderVoltage,
    /// The CPU's clock is stepped down (80 to 85 °C).
    FrequencyCapped,
    /// The fast clocks are off, for heat or for want of power.
    Throttled,
    /// Above the soft limit of temperature (3B+ and 3A+).
    SoftTemperatureLimit,
}

impl Condition {
    /// Every condition, in the order of its bits.
    pub const ALL: [Condition; 4] =
        [Condition::UnderVoltage, Condition::FrequencyCapped, Condition::Throttled, Condition::SoftTemperatureLimit];

    /// Every word that [`Condition::word`] can give.
    pub const WORDS: &'static [&'static str] =
        &["under_voltage", "frequency_capped", "throttled", "soft_temperature_limit"];

    /// The label value.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// The bits as the firmware gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits(pub u32);

impl Bits {
    /// Whether a condition holds now.
    #[must_use]
    pub fn now(self, condition: Condition) -> bool {
        self.0 >> (condition as u32) & 1 == 1
    }

    /// Whether it has held since boot (or, read through a property tag, since somebody cleared the bit).
    #[must_use]
    pub fn since(self, condition: Condition) -> bool {
        self.0 >> (condition as u32 + 16) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_seen_in_the_field() {
        let now = |bits| {
            Condition::ALL.into_iter().filter(|one| Bits(bits).now(*one)).map(Condition::word).collect::<Vec<_>>()
        };
        let since = |bits| {
            Condition::ALL.into_iter().filter(|one| Bits(bits).since(*one)).map(Condition::word).collect::<Vec<_>>()
        };
        assert_eq!(now(0x5_0005), ["under_voltage", "throttled"]);
        assert_eq!(since(0x5_0005), ["under_voltage", "throttled"]);
        assert_eq!(now(0x2_0002), ["frequency_capped"]);
        assert_eq!((now(0x5_0000), since(0x8_0000)), (vec![], vec!["soft_temperature_limit"]));
    }
}
