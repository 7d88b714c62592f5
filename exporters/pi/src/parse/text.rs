//! Answers to text commands, as `vcgencmd` prints them.
//!
//! A refusal arrives as text with a good status (`error=1 error_msg="Command not registered"`), and a value can be `nan`.
//! Everything that is not exactly of the documented form is refused: no sign, no exponent, nothing behind the unit.

use super::Refusal;
use super::throttle::Bits;

/// The throttle bits: `throttled=0x50005`.
///
/// # Errors
/// As the firmware says, or `malformed`.
pub fn throttled(answer: &[u8]) -> Result<Bits, Refusal> {
    let text = told(answer)?;
    let digits = text.strip_prefix("throttled=0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let bits = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    bits.map(Bits).ok_or_else(|| Refusal::malformed(answer))
}

/// A temperature in °C: `temp=48.2'C`.
///
/// # Errors
/// As [`throttled`].
pub fn temperature(answer: &[u8]) -> Result<f64, Refusal> {
    measured(answer, |text| text.strip_prefix("temp=")?.strip_suffix("'C"))
}

/// A clock in Hz: `frequency(48)=600117184`. The number in brackets differs from model to model.
///
/// # Errors
/// As [`throttled`].
pub fn frequency(answer: &[u8]) -> Result<u64, Refusal> {
    let text = told(answer)?;
    let digits = text.strip_prefix("frequency(").and_then(|rest| rest.split_once(")="));
    let digits = digits.filter(|(number, hertz)| is_digits(number) && is_digits(hertz)).map(|(_, hertz)| hertz);
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| Refusal::malformed(answer))
}

/// A voltage in V: `volt=0.8600V`.
///
/// # Errors
/// As [`throttled`].
pub fn volts(answer: &[u8]) -> Result<f64, Refusal> {
    measured(answer, |text| text.strip_prefix("volt=")?.strip_suffix('V'))
}

/// A setting: `arm_freq=1800` for the name `arm_freq`.
///
/// # Errors
/// As [`throttled`].
pub fn setting(answer: &[u8], name: &str) -> Result<u64, Refusal> {
    let text = told(answer)?;
    let digits = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).filter(|digits| is_digits(digits));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| Refusal::malformed(answer))
}

/// The text of an answer that is no refusal.
///
/// # Errors
/// `unsupported` for a command that is not registered, `refused` for any other error, `malformed` if it is no text.
pub fn told(answer: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(answer.trim_ascii()).map_err(|_| Refusal::malformed(answer))?;
    match text.strip_prefix("error=") {
        None => Ok(text),
        Some(error) if error.contains("not registered") => Err(Refusal::Unknown),
        Some(_) => Err(Refusal::Refused(text.chars().take(60).collect())),
    }
}

fn measured(answer: &[u8], bare: impl Fn(&str) -> Option<&str>) -> Result<f64, Refusal> {
    bare(told(answer)?).and_then(decimal).ok_or_else(|| Refusal::malformed(answer))
}

/// Digits, or digits, a point and digits; nothing else.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    (is_digits(whole) && is_digits(fraction) && text.len() <= 32).then(|| text.parse().ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_seen_in_the_field() {
        assert_eq!(throttled(b"throttled=0x50005"), Ok(Bits(0x5_0005)));
        assert_eq!(temperature(b"temp=48.2'C\n"), Ok(48.2));
        assert_eq!(frequency(b"frequency(48)=600117184"), Ok(600_117_184));
        assert_eq!(frequency(b"frequency(0)=2400003072"), Ok(2_400_003_072));
        assert_eq!(volts(b"volt=0.8600V"), Ok(0.86));
        assert_eq!(setting(b"arm_freq=1800", "arm_freq"), Ok(1800));
    }

    #[test]
    fn a_refusal_is_no_value() {
        let refusal = b"error=1 error_msg=\"Command not registered\"";
        assert_eq!(throttled(refusal), Err(Refusal::Unknown));
        assert_eq!(volts(refusal), Err(Refusal::Unknown));
        assert!(matches!(setting(b"error=2 error_msg=\"Invalid arguments\"", "arm_freq"), Err(Refusal::Refused(_))));
    }

    #[test]
    fn every_other_form_is_malformed() {
        let malformed = |refusal: Option<Refusal>| matches!(refusal, Some(Refusal::Malformed(_)));
        for text in [
            "",
            "temp=",
            "temp=nan'C",
            "temp=-5.0'C",
            "temp=+5'C",
            "temp=4e1'C",
            "temp=1.2.3'C",
            "temp=.5'C",
            "temp=5.'C",
            "temp=48.2'C extra",
            "temp=48.2",
            "TEMP=48.2'C",
            "temp=inf'C",
            "temp=٣'C",
        ] {
            assert!(malformed(temperature(text.as_bytes()).err()), "{text}");
        }
        for text in [
            "throttled=",
            "throttled=0x",
            "throttled=50005",
            "throttled=0x1ffffffff",
            "throttled=0x-1",
            "throttled=0x5 ",
        ] {
            // A space at the end is the firmware's, one in the middle is not.
            assert_eq!(malformed(throttled(text.as_bytes()).err()), text != "throttled=0x5 ", "{text}");
        }
        for text in [
            "frequency=1",
            "frequency(0)=",
            "frequency()=1",
            "frequency(0)=-1",
            "frequency(0)=1.5",
            "frequency(0)=99999999999999999999",
        ] {
            assert!(malformed(frequency(text.as_bytes()).err()), "{text}");
        }
        for text in ["volt=nanV", "volt=-0.1V", "volt=0.86", "volt=0.86V;"] {
            assert!(malformed(volts(text.as_bytes()).err()), "{text}");
        }
        assert!(malformed(setting(b"arm_freq=1800", "arm").err()));
        assert!(malformed(setting(b"arm_freq=0x10", "arm_freq").err()));
        assert!(malformed(temperature(b"\xff\xfe").err()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "(temp=|volt=|throttled=0x|frequency\\(|arm_freq=)?[0-9a-f.()='CV-]{0,40}") {
            for answer in [&bytes[..], text.as_bytes()] {
                let _ = (throttled(answer), frequency(answer), setting(answer, "arm_freq"));
                for value in [temperature(answer), volts(answer)].into_iter().flatten() {
                    prop_assert!(value.is_finite() && value >= 0.0);
                }
            }
        }

        #[test]
        fn what_the_firmware_prints_reads_back(bits: u32, hertz: u64, tenths in 0..2000_u32) {
            prop_assert_eq!(throttled(format!("throttled={bits:#x}").as_bytes()), Ok(Bits(bits)));
            prop_assert_eq!(frequency(format!("frequency(1)={hertz}").as_bytes()), Ok(hertz));
            let temp = format!("temp={}.{}'C", tenths / 10, tenths % 10);
            prop_assert!((temperature(temp.as_bytes()).unwrap() - f64::from(tenths) / 10.0).abs() < 1e-9);
        }
    }
}
