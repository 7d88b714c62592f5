//! The readings of the power chip (`pmic_read_adc`, Raspberry Pi 5): one line for each,
//! `VDD_CORE_A current(7)=6.22421000A` or `EXT5V_V volt(24)=5.09066000V`. Rails are paired by name; the numbers in brackets
//! follow another order.

use std::collections::BTreeMap;

use super::Refusal;
use super::text::{decimal, told};

/// The input of the board: it has a voltage and no current.
pub const INPUT: &str = "EXT5V";
/// More lines than any board has.
const MOST_LINES: usize = 100;
/// Longer than any name of a rail.
const LONGEST_NAME: usize = 24;

/// What the power chip says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adc {
    /// Volts by rail.
    pub volts: BTreeMap<String, f64>,
    /// Amperes by rail.
    pub amperes: BTreeMap<String, f64>,
    /// Lines that are none; what the others say holds all the same.
    pub problems: Vec<String>,
}

impl Adc {
    /// What all rails with a voltage and a current draw together, in watts. Nothing if there is none, or if a line could
    /// not be read: a part of a sum is another number.
    #[must_use]
    pub fn watts(&self) -> Option<f64> {
        let pairs: Option<Vec<f64>> =
            self.amperes.iter().map(|(rail, amperes)| Some(self.volts.get(rail)? * amperes)).collect();
        pairs.filter(|pairs| !pairs.is_empty() && self.problems.is_empty()).map(|pairs| pairs.iter().sum())
    }
}

enum Reading {
    Volts(f64),
    Amperes(f64),
}

/// All readings.
///
/// # Errors
/// As the firmware says; `malformed` if no line could be read.
pub fn readings(answer: &[u8]) -> Result<Adc, Refusal> {
    let text = told(answer)?;
    let mut adc = Adc::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES) {
        let known = match reading(line) {
            Some((rail, Reading::Volts(volts))) => adc.volts.insert(rail.to_owned(), volts).is_none(),
            Some((rail, Reading::Amperes(amperes))) => adc.amperes.insert(rail.to_owned(), amperes).is_none(),
            None => false,
        };
        if !known {
            adc.problems.push(line.chars().take(60).collect());
        }
    }
    let nothing = adc.volts.is_empty() && adc.amperes.is_empty();
    if nothing { Err(Refusal::malformed(answer)) } else { Ok(adc) }
}

fn reading(line: &str) -> Option<(&str, Reading)> {
    let (name, rest) = line.split_once(' ')?;
    let (kind, value) = rest.trim_start().split_once(")=")?;
    let (kind, number) = kind.split_once('(')?;
    number.parse::<u8>().ok()?;
    let (rail, reading) = match kind {
        "volt" => (name.strip_suffix("_V")?, Reading::Volts(decimal(value.strip_suffix('V')?)?)),
        "current" => (name.strip_suffix("_A")?, Reading::Amperes(decimal(value.strip_suffix('A')?)?)),
        _ => return None,
    };
    let letters = rail.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (letters && !rail.is_empty() && rail.len() <= LONGEST_NAME).then_some((rail, reading))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOME: &str = " 3V7_WL_SW_A current(0)=0.09368929A\n   VDD_CORE_A current(7)=6.22421000A\n  3V7_WL_SW_V volt(8)=3.69977600V\n   VDD_CORE_V volt(15)=0.86173300V\n      EXT5V_V volt(24)=5.09066000V\n       BATT_V volt(25)=0.00000000V\n";

    #[test]
    fn rails_are_paired_by_name() {
        let adc = readings(SOME.as_bytes()).unwrap();
        assert_eq!((adc.volts[INPUT], adc.amperes["VDD_CORE"]), (5.09066, 6.22421));
        assert!((adc.watts().unwrap() - (0.093_689_29 * 3.699_776 + 6.22421 * 0.861_733)).abs() < 1e-9);
        assert_eq!(adc.problems, Vec::<String>::new());
    }

    #[test]
    fn a_line_that_is_none_leaves_the_others_and_takes_the_sum() {
        let adc = readings(SOME.replace("6.22421000A", "nanA").as_bytes()).unwrap();
        assert_eq!(adc.problems, ["VDD_CORE_A current(7)=nanA"]);
        assert_eq!((adc.volts.len(), adc.amperes.len(), adc.watts()), (4, 1, None));
    }

    #[test]
    fn a_current_without_a_voltage_has_no_sum() {
        assert_eq!(readings(b"HDMI_A current(22)=0.02A").unwrap().watts(), None);
        assert_eq!(readings(b"EXT5V_V volt(24)=5.1V").unwrap().watts(), None);
    }

    #[test]
    fn other_forms_are_none() {
        for text in [
            "",
            "EXT5V_V volt(24)=-5.0V",
            "EXT5V_A volt(24)=5.0V",
            "EXT5V_V volt(24)=5.0",
            "ext5v_V volt(24)=5.0V",
            "EXT5V_V volt(x)=5.0V",
            "_V volt(1)=5.0V",
            "EXT5V_V volt(24)=5.0V junk",
            "a\"b_V volt(1)=1V",
        ] {
            assert!(matches!(readings(text.as_bytes()), Err(Refusal::Malformed(_))), "{text}");
        }
        assert_eq!(readings(b"error=1 error_msg=\"Command not registered\""), Err(Refusal::Unknown));
    }

    #[test]
    fn a_rail_twice_is_a_problem() {
        assert_eq!(readings(b"A_V volt(1)=1V\nA_V volt(2)=2V").unwrap().problems.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(bytes: Vec<u8>, text in "([A-Z0-9_]{0,6}_[AV] (volt|current)\\([0-9]{0,2}\\)=[0-9.na-]{0,6}[AV]\n){0,20}") {
            for answer in [&bytes[..], text.as_bytes()] {
                if let Ok(adc) = readings(answer) {
                    let all = adc.volts.values().chain(adc.amperes.values()).copied().chain(adc.watts());
                    prop_assert!(all.into_iter().all(|value| value.is_finite() && value >= 0.0));
                }
            }
        }
    }
}
