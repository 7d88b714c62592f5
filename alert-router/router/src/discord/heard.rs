//! What one answer of Discord says, read out of its status, headers and body.
//!
//! Source of the header names and of the error body (`{"message", "code", "retry_after", "global"}`): Discord's
//! developer documentation, "Rate Limits" and "Error Messages". A proxy before Discord may answer without any of them.

use std::time::Duration;

use serde::Deserialize;

/// The facts of one answer; everything a proxy may leave out is optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The HTTP status.
    pub status: u16,
    /// `X-RateLimit-Remaining`
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset-After`
    pub reset_after: Option<Duration>,
    /// `X-RateLimit-Bucket`
    pub bucket: Option<String>,
    /// `X-RateLimit-Scope`: `user`, `global` or `shared`
    pub scope: Option<String>,
    /// The longer one of the `Retry-After` header and the body's `retry_after`.
    pub retry_after: Option<Duration>,
    /// The limit is of the whole address.
    pub global: bool,
    /// Discord's own error code, from the body.
    pub code: Option<u32>,
    /// Discord's own words for the error, cut to 200 characters.
    pub message: Option<String>,
    /// The id of the message that was made or changed.
    pub message_id: Option<String>,
}

#[derive(Default, Deserialize)]
struct Body {
    code: Option<serde_json::Value>,
    message: Option<String>,
    retry_after: Option<f64>,
    global: Option<bool>,
    id: Option<String>,
}

const LONGEST_NAME: usize = 128;
const LONGEST_MESSAGE: usize = 200;

impl Heard {
    /// Reads an answer. `header` gives a header's value by its lower-case name; `body` may be anything.
    pub fn read<'a>(status: u16, header: impl Fn(&str) -> Option<&'a str>, body: &[u8]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let scope = header("x-ratelimit-scope").map(short);
        let waits = [header("retry-after").and_then(|text| text.trim().parse().ok()), body.retry_after];
        Heard {
            status,
            remaining: header("x-ratelimit-remaining").and_then(|text| text.trim().parse().ok()),
            reset_after: header("x-ratelimit-reset-after").and_then(|text| text.trim().parse().ok()).and_then(seconds),
            bucket: header("x-ratelimit-bucket").map(short),
            retry_after: waits.into_iter().flatten().filter_map(seconds).max(),
            global: body.global == Some(true)
                || scope.as_deref() == Some("global")
                || header("x-ratelimit-global").is_some_and(|text| text.eq_ignore_ascii_case("true")),
            scope,
            code: body.code.and_then(|code| code.as_u64()).and_then(|code| u32::try_from(code).ok()),
            message: body.message.map(|text| text.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()),
            message_id: body.id.filter(|id| !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit())),
        }
    }

    /// Whether Discord counts this answer against our address (`shared` limits are not counted).
    #[must_use]
    pub fn counts_as_invalid(&self) -> bool {
        match self.status {
            401 | 403 => true,
            429 => self.scope.as_deref() != Some("shared"),
            _ => false,
        }
    }

    /// Whether a 429 says which limit was hit. One that does not comes from a proxy and speaks for the whole address.
    #[must_use]
    pub fn names_its_limit(&self) -> bool {
        let named = self.bucket.is_some() || self.scope.is_some() || self.remaining.is_some() || self.global;
        (named || self.code.is_some()) && (self.retry_after.is_some() || self.reset_after.is_some())
    }
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST_NAME).collect()
}

/// Seconds as Discord writes them; negative, infinite or absurd ones are no hint at all.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, headers: &[(&str, &'static str)], body: &str) -> Heard {
        Heard::read(
            status,
            |name| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value),
            body.as_bytes(),
        )
    }

    #[test]
    fn the_longer_hint_wins() {
        let heard = read(429, &[("retry-after", "1")], r#"{"message":"slow","retry_after":1.337,"global":false}"#);
        assert_eq!(heard.retry_after, Some(Duration::from_millis(1337)));
        assert!(!heard.global);
    }

    #[test]
    fn a_proxy_names_nothing() {
        let heard = read(429, &[("retry-after", "3600")], "<html>error 1015</html>");
        assert!(!heard.names_its_limit());
        assert_eq!(heard.retry_after, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn hostile_numbers_are_no_hint() {
        for value in ["-1", "NaN", "inf", "1e300", "soon"] {
            assert_eq!(read(429, &[("retry-after", value)], "").retry_after, None, "{value}");
        }
    }

    #[test]
    fn only_digits_are_a_message_id() {
        assert_eq!(read(200, &[], r#"{"id":"123"}"#).message_id.as_deref(), Some("123"));
        assert_eq!(read(200, &[], r#"{"id":"../../x"}"#).message_id, None);
    }

    #[test]
    fn old_edits_are_known_by_their_code() {
        let heard = read(429, &[], r#"{"code":30046,"message":"old","retry_after":0.5}"#);
        assert_eq!(heard.code, Some(30046));
        assert!(heard.names_its_limit());
    }

    #[test]
    fn shared_limits_do_not_count_against_us() {
        assert!(!read(429, &[("x-ratelimit-scope", "shared")], "").counts_as_invalid());
        assert!(read(429, &[], "").counts_as_invalid());
        assert!(read(403, &[], "").counts_as_invalid());
        assert!(!read(404, &[], "").counts_as_invalid());
    }
}
