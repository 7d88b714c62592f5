//! The line: one mark, perhaps why it is late, where and what. Complete by itself, at most 110 UTF-16 units.

use std::time::Duration;

use crate::plan::{Kind, Send};
use crate::policy::{Policy, Severity};
use crate::state::{Group, Instance};
use crate::time::Timestamp;
use crate::words::{self, cut, duration, units};

/// The longest line, mark included. A push shows about this much.
pub(super) const LINE: usize = 110;
/// The longest reason of a delay within the line.
const REASON: usize = 32;
/// A clock before 2020 was never set (a Raspberry Pi has none of its own), and delays by it mean nothing.
const CLOCK_SET: Timestamp = Timestamp::from_secs(1_577_836_800);

/// The mark of a severity.
pub(super) const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🔴",
        Severity::Warning => "🟠",
        Severity::Info => "🔵",
    }
}

/// The mark of what is over.
pub(super) const OVER: &str = "✅";
/// The mark of a test, whatever its severity.
const TEST: &str = "🧪";
/// The label that makes an alert a test.
const TEST_LABEL: &str = "gjallarhorn_test";

/// The mark of a group as it is now.
pub(super) fn group_mark(group: &Group) -> &'static str {
    if group.alerts.iter().any(|instance| instance.labels.get(TEST_LABEL).is_some_and(|value| !value.is_empty())) {
        return TEST;
    }
    if group.open { mark(group.severity()) } else { OVER }
}

/// The line of a send about one group.
pub(super) fn of_group(group: &Group, policy: &Policy, send: &Send) -> String {
    let late = late(policy, send);
    let text = match send.kind {
        _ if !group.open && send.kind == Kind::ToldLate => told_late(group, policy, send),
        _ if !group.open => format!("{late}{}", over(group, send.at)),
        Kind::Reminder => format!("still after {}: {}", duration(group.lasted(send.at)), words::group_body(group)),
        Kind::Edit | Kind::Card => words::group_body(group),
        Kind::Rise | Kind::Join => format!("{late}{}", news(group, send)),
        _ => format!("{late}{}", words::group_body(group)),
    };
    marked(group_mark(group), &text)
}

/// A mark and a text, cut at a word to the line's length, counting what was cut.
pub(super) fn marked(mark: &str, text: &str) -> String {
    format!("{mark} {}", cut(text, LINE - units(mark) - 1, true))
}

/// `14 min late (Discord 503): `, or nothing when it is not late.
pub(super) fn late(policy: &Policy, send: &Send) -> String {
    let waited = send.at.since(send.since);
    if waited < policy.late_after || send.since < CLOCK_SET {
        return String::new();
    }
    format!("{} late{}: ", duration(waited), because(send))
}

/// ` (Discord 503)`, when a failure is known.
fn because(send: &Send) -> String {
    let reason = send.held_up.as_ref().map(|reason| cut(&words::clean(reason), REASON, false));
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}

/// What is new in it, when that is not everything.
fn news(group: &Group, send: &Send) -> String {
    let keys = send.about.first().map_or(&[][..], |about| &about.news);
    let news: Vec<&Instance> = group.firing().filter(|instance| keys.contains(&instance.key)).collect();
    if news.is_empty() { words::group_body(group) } else { words::say(news) }
}

/// `odin: pool tank ONLINE again after 15 min`, or without the rule's own words `over after 15 min: odin: …`.
pub(super) fn over(group: &Group, now: Timestamp) -> String {
    let lasted = group.lasted(now);
    let after = if lasted > Duration::ZERO { format!(" after {}", duration(lasted)) } else { String::new() };
    match own_words(group) {
        Some(words) => format!("{words}{after}"),
        None => format!("over{after}: {}", words::subject(group)),
    }
}

/// What is over, without for how long.
pub(super) fn over_words(group: &Group) -> String {
    own_words(group).unwrap_or_else(|| format!("Over: {}", words::subject(group)))
}

/// The rule's words for the end, when all alerts of the group have the same.
fn own_words(group: &Group) -> Option<String> {
    let mut words: Vec<String> = group.alerts.iter().map(words::over).collect::<Option<_>>()?;
    words.dedup();
    words.pop().filter(|_| words.is_empty())
}

fn told_late(group: &Group, policy: &Policy, send: &Send) -> String {
    let (began, ended) = (group.began(), group.ended().unwrap_or(send.at));
    let from = words::day_and_time(began, send.at, &policy.zone);
    let to = words::day_and_time(ended, send.at, &policy.zone);
    let times = format!(", from {from} to {to}{}", because(send));
    let room = LINE.saturating_sub(units("✅ told late: ") + units(&times));
    format!("told late: {}{times}", cut(&words::subject(group), room, false))
}
