//! What the firmware is asked at the slow pace: two ways to a value, by a text command or where that is closed by a
//! property tag, and what is said either way.

use super::question::{Clock, Command, Rail, Tag};
use super::{Refusal, text};

/// A value that the firmware knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Speed of a clock as measured, Hz.
    Speed(Clock),
    /// Voltage of a rail, V.
    Volts(Rail),
    /// Temperature of the chip, °C.
    Celsius,
    /// The highest speed of the CPU by configuration, Hz.
    ArmMax,
    /// The hard limit of temperature, °C.
    HardLimit,
    /// The soft limit of temperature, °C.
    SoftLimit,
}

impl Reading {
    /// The command that asks for it.
    #[must_use]
    pub fn command(self) -> Command {
        match self {
            Reading::Speed(clock) => Command::MeasureClock(clock),
            Reading::Volts(rail) => Command::MeasureVolts(rail),
            Reading::Celsius => Command::MeasureTemp,
            Reading::ArmMax => Command::ArmFreq,
            Reading::HardLimit => Command::TempLimit,
            Reading::SoftLimit => Command::TempSoftLimit,
        }
    }

    /// The tag that asks for the same, if there is one.
    #[must_use]
    pub fn tag(self) -> Option<Tag> {
        match self {
            Reading::Speed(clock) => Some(Tag::ClockMeasured(clock)),
            Reading::Volts(rail) => Some(Tag::Volts(rail)),
            Reading::Celsius => Some(Tag::Temperature),
            Reading::ArmMax => Some(Tag::ClockMax(Clock::Arm)),
            Reading::HardLimit => Some(Tag::MaxTemperature),
            Reading::SoftLimit => None,
        }
    }

    /// What the command was answered with.
    ///
    /// # Errors
    /// `malformed` if it is not of its form; `unsupported` for a hard limit that says nothing: it is 0 in some versions
    /// where nobody has set it, and the tag knows.
    pub fn of_text(self, answer: &[u8]) -> Result<f64, Refusal> {
        let setting = |name| text::setting(answer, name);
        match self {
            // Exact far beyond any clock: up to 2^53.
            Reading::Speed(_) => text::frequency(answer).map(|hertz| hertz as f64),
            Reading::Volts(_) => text::volts(answer),
            Reading::Celsius => text::temperature(answer),
            Reading::ArmMax => setting("arm_freq").map(|megahertz| megahertz as f64 * 1e6),
            Reading::HardLimit => match setting("temp_limit")? {
                limit @ 1..=150 => Ok(limit as f64),
                _ => Err(Refusal::Unknown),
            },
            Reading::SoftLimit => setting("temp_soft_limit").map(|degrees| degrees as f64),
        }
    }

    /// What the tag was answered with: Hz, µV or m°C.
    #[must_use]
    pub fn of_tag(self, number: u32) -> f64 {
        match self {
            Reading::Speed(_) | Reading::ArmMax => f64::from(number),
            Reading::Volts(_) => f64::from(number) / 1e6,
            Reading::Celsius | Reading::HardLimit | Reading::SoftLimit => f64::from(number) / 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_lead_to_the_same_value() {
        for (reading, text, number, value) in [
            (Reading::Speed(Clock::Arm), "frequency(0)=2400003072", 2_400_003_072, 2_400_003_072.0),
            (Reading::Volts(Rail::Core), "volt=0.8600V", 860_000, 0.86),
            (Reading::Celsius, "temp=48.2'C", 48_200, 48.2),
            (Reading::ArmMax, "arm_freq=1800", 1_800_000_000, 1.8e9),
            (Reading::HardLimit, "temp_limit=85", 85_000, 85.0),
            (Reading::SoftLimit, "temp_soft_limit=60", 60_000, 60.0),
        ] {
            assert_eq!((reading.of_text(text.as_bytes()), reading.of_tag(number)), (Ok(value), value), "{reading:?}");
        }
    }

    #[test]
    fn a_hard_limit_that_nobody_set_is_not_told() {
        for limit in ["0", "151", "4000000000"] {
            assert_eq!(Reading::HardLimit.of_text(format!("temp_limit={limit}").as_bytes()), Err(Refusal::Unknown));
        }
        assert!(matches!(Reading::HardLimit.of_text(b"temp_limit=-85"), Err(Refusal::Malformed(_))));
    }
}
