//! From a path and a body to an event.

use std::sync::atomic::{AtomicI64, Ordering};

use gjallarhorn_engine::{DeliveryId, Event, Limits, Timestamp, parse};

use super::PATH;
use crate::config::is_name;

/// The sender of a request to [`PATH`] itself.
pub const DEFAULT_SOURCE: &str = "alertmanager";

/// The sender a path names; `None` if it names none that could be one.
#[must_use]
pub fn source_of(path: &str) -> Option<String> {
    match path.strip_prefix(PATH)?.trim_matches('/') {
        "" => Some(DEFAULT_SOURCE.to_owned()),
        name => is_name(name).then(|| name.to_owned()),
    }
}

/// The event a body is: a webhook, or bytes that a person must hear of.
#[must_use]
pub fn event(source: &str, delivery: &DeliveryId, body: &[u8], limits: &Limits) -> Event {
    let (source, delivery) = (source.to_owned(), delivery.clone());
    match parse(body, limits) {
        Ok(webhook) => Event::Received { source, delivery, webhook: Box::new(webhook) },
        Err(error) => Event::Unreadable { source, delivery, reason: error.to_string() },
    }
}

/// Gives webhooks their names: the time in milliseconds, moved on if two come at once, in an alphabet without letters
/// that are read wrong on a phone.
#[derive(Debug, Default)]
pub struct Deliveries {
    last: AtomicI64,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Deliveries {
    /// The next name; never the same twice while the clock does not run back over a restart.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> DeliveryId {
        let step = |last: i64| Some(now.0.max(last.saturating_add(1)));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or_default();
        DeliveryId(spell(now.0.max(last.saturating_add(1))))
    }
}

fn spell(number: i64) -> String {
    let mut rest = u64::try_from(number).unwrap_or_default();
    let mut letters = Vec::new();
    while rest > 0 || letters.is_empty() {
        letters.push(ALPHABET[(rest % 32) as usize]);
        rest /= 32;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// The group a webhook is about, read from the beginning of a body too large to be read whole.
#[must_use]
pub fn group_in_prefix(prefix: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(prefix);
    let after = text.split_once("\"groupKey\"")?.1.trim_start().strip_prefix(':')?.trim_start();
    let mut values = serde_json::Deserializer::from_str(after).into_iter::<String>();
    values.next()?.ok().filter(|group| group.len() <= 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_senders() {
        assert_eq!(source_of("/v1/alertmanager").as_deref(), Some("alertmanager"));
        assert_eq!(source_of("/v1/alertmanager/").as_deref(), Some("alertmanager"));
        assert_eq!(source_of("/v1/alertmanager/pi-2").as_deref(), Some("pi-2"));
        assert_eq!(source_of("/v1/alertmanager/a/b"), None);
        assert_eq!(source_of("/v1/alertmanager/%00"), None);
    }

    #[test]
    fn names_are_short_and_never_the_same() {
        let deliveries = Deliveries::default();
        let now = Timestamp::from_secs(1_790_000_000);
        let names: std::collections::BTreeSet<_> = (0..100).map(|_| deliveries.next(now).0).collect();
        assert_eq!(names.len(), 100);
        assert!(names.iter().all(|name| name.len() == 9), "{names:?}");
        assert_eq!(deliveries.next(Timestamp(0)).0.len(), 9, "a clock that runs back");
    }

    #[test]
    fn a_group_is_found_in_a_prefix() {
        let group = group_in_prefix(br#"{"receiver":"x","groupKey": "{}:{alertname=\"X\"}","alerts":[{"#);
        assert_eq!(group.as_deref(), Some("{}:{alertname=\"X\"}"));
        assert_eq!(group_in_prefix(b"{\"groupKey\":\"cut"), None);
        assert_eq!(group_in_prefix(&[0xff; 10]), None);
    }
}
