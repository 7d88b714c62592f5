//! Texts, addresses, ids and times: the leaves of a payload.

use serde_json::Value;

use super::Complaints;

/// Addresses of embeds and avatars may have this many characters.
pub(crate) const URL: usize = 2048;

/// Snowflakes are decimal numbers of 64 bits.
pub(crate) const SNOWFLAKE_DIGITS: &str = "1 to 20";

/// A text that may be absent; surrounding white space does not count.
pub(crate) fn limited(complaints: &mut Complaints, path: &str, value: &Value, max: usize) -> usize {
    between(complaints, path, value, 0, max).map_or(0, |text| text.chars().count())
}

/// A text that may be absent but, when there, has a length within bounds.
pub(crate) fn between<'a>(
    complaints: &mut Complaints,
    path: &str,
    value: &'a Value,
    min: usize,
    max: usize,
) -> Option<&'a str> {
    if value.is_null() {
        return None;
    }
    let Some(text) = value.as_str() else {
        complaints.add(
            path,
            "STRING_TYPE_CONVERT",
            "Could not interpret \"{}\" as string.".replace("{}", &value.to_string()),
        );
        return None;
    };
    let text = text.trim();
    let length = text.chars().count();
    if length > max {
        complaints.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
    } else if length < min {
        complaints.add(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
    }
    Some(text)
}

/// A text that must be there and say something.
pub(crate) fn required(complaints: &mut Complaints, path: &str, value: &Value, max: usize) -> usize {
    if value.as_str().is_none_or(|text| text.trim().is_empty()) {
        complaints.add(path, "BASE_TYPE_REQUIRED", "This field is required");
        return 0;
    }
    limited(complaints, path, value, max)
}

/// An address that may be absent.
pub(crate) fn url(complaints: &mut Complaints, path: &str, value: &Value, max: usize) {
    let Some(address) = between(complaints, path, value, 0, max) else { return };
    let Some((scheme, rest)) = address.split_once("://") else {
        complaints.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        return;
    };
    if !["http", "https", "attachment"].contains(&scheme) {
        let message = format!("Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https').");
        complaints.add(path, "URL_TYPE_INVALID_SCHEME", message);
    } else if rest.is_empty() || rest.starts_with('/') || rest.contains(char::is_whitespace) {
        complaints.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
}

/// A time in the form of ISO 8601 that may be absent.
pub(crate) fn time(complaints: &mut Complaints, path: &str, value: &Value) {
    if !value.is_null() && !value.as_str().is_some_and(is_time) {
        complaints.add(path, "DATE_TIME_TYPE_PARSE", format!("Could not parse {value}. Should be ISO8601."));
    }
}

/// Whether a value is an id.
pub(crate) fn is_snowflake(value: &Value) -> bool {
    value.as_str().is_some_and(|id| id.parse::<u64>().is_ok())
}

fn is_time(text: &str) -> bool {
    let shape = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(a, b)| if b == b'0' { a.is_ascii_digit() } else { a == b })
    };
    let Some((head, tail)) = text.split_at_checked(19) else { return false };
    let zone = tail.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let in_range = |from: usize, max: u32| head[from..from + 2].parse::<u32>().is_ok_and(|number| number <= max);
    shape(head, "0000-00-00T00:00:00")
        && (zone == "Z" || shape(zone, "+00:00") || shape(zone, "-00:00"))
        && in_range(5, 12)
        && in_range(8, 31)
        && in_range(11, 23)
        && in_range(14, 59)
        && in_range(17, 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complaint(check: impl Fn(&mut Complaints)) -> String {
        let mut complaints = Complaints::default();
        check(&mut complaints);
        complaints.lines().join("\n")
    }

    #[test]
    fn length_is_counted_in_characters_after_trimming() {
        let long = json!(format!("  {}  ", "ä".repeat(10)));
        assert_eq!(complaint(|c| assert_eq!(limited(c, "x", &long, 10), 10)), "");
        assert!(complaint(|c| assert_eq!(limited(c, "x", &long, 9), 10)).contains("9 or fewer"));
    }

    #[test]
    fn times_need_a_zone_and_real_numbers() {
        for good in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+02:00"] {
            assert_eq!(complaint(|c| time(c, "t", &json!(good))), "", "{good}");
        }
        for bad in ["2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "yesterday", "2026-01-02 03:04:05Z"] {
            assert!(complaint(|c| time(c, "t", &json!(bad))).contains("ISO8601"), "{bad}");
        }
    }

    #[test]
    fn addresses_need_a_scheme_a_browser_opens() {
        assert_eq!(complaint(|c| url(c, "u", &json!("https://a.example/b?c=d"), URL)), "");
        for bad in ["javascript:alert(1)", "ftp://x", "https://", "https://a b"] {
            assert!(!complaint(|c| url(c, "u", &json!(bad), URL)).is_empty(), "{bad}");
        }
    }
}
