//! What the kernel counts for a control group of version 2 (Linux `Documentation/admin-guide/cgroup-v2.rst` and
//! `Documentation/accounting/psi.rst`).

use std::time::Duration;

/// A file that does not have the documented form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no number of microseconds at `{0}`")]
pub struct Malformed(&'static str);

/// Time on a processor, of `cpu.stat`: its line `usage_usec`, all processors and all processes of the group together.
///
/// # Errors
/// [`Malformed`].
pub fn cpu(text: &str) -> Result<Duration, Malformed> {
    let value = text.lines().find_map(|line| line.strip_prefix("usage_usec "));
    value.and_then(microseconds).ok_or(Malformed("usage_usec"))
}

/// Time in which at least one process of the group waited for the resource, of `cpu.pressure`, `memory.pressure` or
/// `io.pressure`: `total` of the line `some`.
///
/// # Errors
/// [`Malformed`].
pub fn waited(text: &str) -> Result<Duration, Malformed> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "));
    let total = some.and_then(|some| some.split(' ').find_map(|word| word.strip_prefix("total=")));
    total.and_then(microseconds).ok_or(Malformed("some total="))
}

fn microseconds(digits: &str) -> Option<Duration> {
    digits.trim_end().parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.18 wrote them.
    const CPU: &str = "usage_usec 36659900480\nuser_usec 32121736932\nsystem_usec 4538163547\nnice_usec 11526885995\n";
    const PRESSURE: &str = "some avg10=0.01 avg60=0.25 avg300=0.42 total=260307593\n\
                            full avg10=0.01 avg60=0.21 avg300=0.34 total=76307977\n";

    #[test]
    fn what_the_kernel_writes_is_read() {
        assert_eq!(cpu(CPU).unwrap(), Duration::from_micros(36_659_900_480));
        assert_eq!(waited(PRESSURE).unwrap(), Duration::from_micros(260_307_593));
    }

    #[test]
    fn what_is_not_there_is_no_number() {
        assert_eq!(cpu("user_usec 5\n").unwrap_err().to_string(), "no number of microseconds at `usage_usec`");
        for text in ["", "usage_usec\n", "usage_usec -5\n", "usage_usec 18446744073709551616\n", "xusage_usec 5\n"] {
            assert!(cpu(text).is_err(), "{text}");
        }
        for text in ["", "full avg10=0.00 total=12\n", "some avg10=0.00\n", "some total=\n", "some total=1.5\n"] {
            assert_eq!(waited(text), Err(Malformed("some total=")), "{text}");
        }
    }
}
