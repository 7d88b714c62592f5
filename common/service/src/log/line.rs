//! One event as one line. Whatever a value holds, the line stays one line and its fields stay apart.

use std::fmt::{self, Write as _};
use std::time::Duration;

use tracing::Event;
use tracing::field::{Field, Visit};

use super::Format;
use crate::clock::Timestamp;

/// Longer values are cut: a log line is no place for a whole page.
const VALUE_CHARACTERS: usize = 2000;

/// The finished line, with its line feed.
pub(super) fn render(format: Format, now: Timestamp, event: &Event<'_>) -> String {
    let mut parts = Parts::default();
    event.record(&mut parts);
    let level = event.metadata().level().as_str().to_ascii_lowercase();
    let mut pairs = vec![("ts", rfc3339(now.unix)), ("level", level), ("msg", parts.message)];
    pairs.extend(parts.fields);
    match format {
        Format::Logfmt => logfmt(&pairs),
        Format::Json => json(&pairs),
    }
}

#[derive(Default)]
struct Parts {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Parts {
    fn take(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.message = value,
            name => self.fields.push((name, value)),
        }
    }
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

fn logfmt(pairs: &[(&str, String)]) -> String {
    let mut line = String::with_capacity(160);
    for (key, value) in pairs {
        let separator = if line.is_empty() { "" } else { " " };
        let quote = if is_plain(value) { "" } else { "\"" };
        let _ = write!(line, "{separator}{key}={quote}{}{quote}", Escaped(value));
    }
    line.push('\n');
    line
}

/// Whether logfmt needs no quotes around the value.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|letter| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '='))
}

fn json(pairs: &[(&str, String)]) -> String {
    let mut line = String::with_capacity(160);
    for (key, value) in pairs {
        let separator = if line.is_empty() { '{' } else { ',' };
        let _ = write!(line, "{separator}\"{key}\":\"{}\"", Escaped(value));
    }
    line.push_str("}\n");
    line
}

/// A value inside quotes: JSON's escapes, and also whatever could move a terminal's cursor or turn its text around.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars().take(VALUE_CHARACTERS) {
            match letter {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                '\n' => out.write_str("\\n")?,
                '\r' => out.write_str("\\r")?,
                '\t' => out.write_str("\\t")?,
                letter if letter.is_control() || turns(letter) => write!(out, "\\u{:04x}", u32::from(letter))?,
                letter => out.write_char(letter)?,
            }
        }
        if self.0.chars().nth(VALUE_CHARACTERS).is_some() { out.write_str("…") } else { Ok(()) }
    }
}

/// Line separators and the marks that reorder text (Unicode Bidirectional Algorithm, UAX #9).
fn turns(letter: char) -> bool {
    matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

/// RFC 3339 in UTC, to the millisecond.
fn rfc3339(unix: Duration) -> String {
    let seconds = unix.as_secs();
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", unix.subsec_millis())
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar. Counted in years that begin in
/// March, so that the leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    // Days from 0000-03-01 to 1970-01-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (DAYS_OF_400_YEARS - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(rfc3339(Duration::ZERO), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(Duration::from_millis(951_782_400_123)), "2000-02-29T00:00:00.123Z");
        assert_eq!(rfc3339(Duration::from_secs(1_795_506_039)), "2026-11-24T07:40:39.000Z");
        assert_eq!(rfc3339(Duration::from_secs(4_107_542_399)), "2100-02-28T23:59:59.000Z");
        assert_eq!(rfc3339(Duration::from_secs(4_107_542_400)), "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn a_hostile_value_stays_in_its_field() {
        let pairs = [("pool", "tank\" level=error\n\u{1b}[31m\u{202e}x\\".to_owned()), ("n", "7".to_owned())];
        let escaped = r#"tank\" level=error\n\u001b[31m\u202ex\\"#;
        assert_eq!(logfmt(&pairs), format!("pool=\"{escaped}\" n=7\n"));
        assert_eq!(json(&pairs), format!("{{\"pool\":\"{escaped}\",\"n\":\"7\"}}\n"));
    }

    #[test]
    fn nothing_is_quoted_and_long_is_cut() {
        let pairs = [("a", String::new()), ("b", "ö".repeat(VALUE_CHARACTERS + 1))];
        assert_eq!(logfmt(&pairs), format!("a=\"\" b=\"{}…\"\n", "ö".repeat(VALUE_CHARACTERS)));
    }
}
