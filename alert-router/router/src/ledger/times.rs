//! Times for people, in the zone of this machine; and the zone's offsets for the engine, which knows no zone file.

use gjallarhorn_engine::{Timestamp, Zone};
use jiff::tz::TimeZone;

/// Transitions looked up ahead: twenty years of two each.
const TRANSITIONS: usize = 40;

/// `2026-11-24 08:12:03`, local.
#[must_use]
pub fn local(at_ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(at_ms) {
        Ok(at) => at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => format!("{at_ms} ms"),
    }
}

/// `2026-11-24T08:12:03Z`, as webhooks write it.
#[must_use]
pub fn rfc3339(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default()
}

/// This machine's zone from `now` on.
#[must_use]
pub fn zone(now: Timestamp) -> Zone {
    let Ok(start) = jiff::Timestamp::from_millisecond(now.0) else { return Zone::default() };
    let system = TimeZone::system();
    let first = (now, system.to_offset(start).seconds());
    let later = system
        .following(start)
        .take(TRANSITIONS)
        .map(|change| (Timestamp(change.timestamp().as_millisecond()), change.offset().seconds()));
    Zone { offsets: std::iter::once(first).chain(later).collect() }
}

/// `4 s`, `12 min`, `3 h`.
#[must_use]
pub fn span(ms: i64) -> String {
    match ms {
        ..=999 => "less than 1 s".into(),
        1_000..=119_999 => format!("{} s", ms / 1000),
        120_000..=7_199_999 => format!("{} min", ms / 60_000),
        7_200_000..=172_799_999 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
    }
}
