//! Numbers of the kernel's small files.

use super::Refusal;

/// A sensor without a value reports something no board survives (an NVMe disk 65261.85 °C, its lower limit −273.15 °C).
const HOTTEST: f64 = 200.0;
const COLDEST: f64 = -40.0;
/// The highest voltage of anything on the board, in µV.
const HIGHEST_MICROVOLTS: i64 = 30_000_000;

/// A whole number.
///
/// # Errors
/// `malformed` for anything else.
pub fn integer(content: &[u8]) -> Result<i64, Refusal> {
    let text = std::str::from_utf8(content.trim_ascii()).map_err(|_| Refusal::malformed(content))?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().ok_or_else(|| Refusal::malformed(content))
}

/// A number that cannot be negative.
///
/// # Errors
/// As [`integer`].
pub fn natural(content: &[u8]) -> Result<u64, Refusal> {
    u64::try_from(integer(content)?).map_err(|_| Refusal::malformed(content))
}

/// An alarm: 0 or 1, whatever voltage its file is named after.
///
/// # Errors
/// As [`integer`].
pub fn flag(content: &[u8]) -> Result<bool, Refusal> {
    match integer(content)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Refusal::malformed(content)),
    }
}

/// A temperature in °C from thousandths; nothing if it is what a sensor reports that has none.
///
/// # Errors
/// As [`integer`].
pub fn celsius(content: &[u8]) -> Result<Option<f64>, Refusal> {
    Ok(plausible(thousandths(integer(content)?)))
}

/// The temperature, unless no board survives it (at or above 200 °C, at or below −40 °C).
#[must_use]
pub fn plausible(celsius: f64) -> Option<f64> {
    (celsius > COLDEST && celsius < HOTTEST).then_some(celsius)
}

/// A difference of temperatures in °C from thousandths.
///
/// # Errors
/// As [`integer`].
pub fn degrees(content: &[u8]) -> Result<f64, Refusal> {
    integer(content).map(thousandths)
}

/// A voltage in V from **millionths**, as the clock's driver of the Raspberry Pi 5 reports them.
///
/// # Errors
/// As [`integer`]; `malformed` also for what is no voltage of a board.
pub fn microvolts(content: &[u8]) -> Result<f64, Refusal> {
    let value = integer(content)?;
    #[expect(clippy::cast_precision_loss, reason = "below 30 million")]
    let volts = value as f64 / 1e6;
    (0..=HIGHEST_MICROVOLTS).contains(&value).then_some(volts).ok_or_else(|| Refusal::malformed(content))
}

/// A clock in Hz from kHz.
///
/// # Errors
/// As [`integer`].
pub fn kilohertz(content: &[u8]) -> Result<u64, Refusal> {
    natural(content)?.checked_mul(1000).ok_or_else(|| Refusal::malformed(content))
}

/// A word for a label from a sensor's own name: lower case, with underscores (`Sensor 1` becomes `sensor_1`).
#[must_use]
pub fn label(name: &str) -> String {
    let letters = name.trim().chars().take(40);
    letters.map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' }).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a temperature in thousandths is far below 2^53, and nonsense is dropped"
)]
fn thousandths(value: i64) -> f64 {
    value as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_strictly() {
        assert_eq!((integer(b"25178\n"), integer(b"-538"), natural(b"0")), (Ok(25178), Ok(-538), Ok(0)));
        for text in ["", "\n", "-", "+5", "0x10", "1.5", "5 6", "<unsupported>", "99999999999999999999", "٣"] {
            assert!(integer(text.as_bytes()).is_err(), "{text}");
        }
        assert!(natural(b"-1").is_err() && kilohertz(b"9999999999999999999").is_err());
        assert_eq!(kilohertz(b"2400000\n"), Ok(2_400_000_000));
    }

    #[test]
    fn an_alarm_is_0_or_1() {
        assert_eq!((flag(b"1\n"), flag(b"0\n")), (Ok(true), Ok(false)));
        assert!(flag(b"2").is_err() && flag(b"0.001").is_err());
    }

    #[test]
    fn what_no_board_survives_is_no_temperature() {
        for (content, celsius_) in [
            ("51850", Some(51.85)),
            ("-3000", Some(-3.0)),
            ("65261850", None),
            ("-273150", None),
            ("200000", None),
            ("-40000", None),
        ] {
            assert_eq!(celsius(content.as_bytes()), Ok(celsius_), "{content}");
        }
        assert!(celsius(b"hot").is_err());
    }

    #[test]
    fn the_cell_is_told_in_microvolts() {
        assert_eq!((microvolts(b"3070082"), microvolts(b"0")), (Ok(3.070_082), Ok(0.0)));
        assert!(microvolts(b"-5").is_err() && microvolts(b"3070082000").is_err());
    }

    #[test]
    fn labels_are_plain_words() {
        assert_eq!(
            (label("Composite"), label("Sensor 1"), label("a\"b\n")),
            ("composite".into(), "sensor_1".into(), "a_b".into())
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, number: i64) {
            for content in [bytes, number.to_string().into_bytes()] {
                let _ = (natural(&content), flag(&content), degrees(&content), microvolts(&content), kilohertz(&content));
                if let Ok(Some(celsius)) = celsius(&content) { prop_assert!((-40.0..200.0).contains(&celsius)); }
            }
        }
    }
}
