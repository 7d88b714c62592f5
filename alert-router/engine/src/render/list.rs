//! The alerts of a message, each by its line, and the text file that holds what a message cannot.

use std::cmp::Reverse;

use super::line;
use crate::plan::Send;
use crate::state::{Group, Instance};
use crate::words::{self, cut, units};

/// The longest entry, in UTF-16 units.
const ENTRY: usize = 110;
/// How many a short message names; the card has them all.
const NEWS: usize = 8;
/// The longest line of the text file, in characters.
const ROW: usize = 600;

/// One alert of a list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `🔴 odin: pool tank DEGRADED, can lose 0 more disks`.
    pub(super) line: String,
    /// The same alert in the text file: state, severity, start, words, labels, fingerprint.
    pub(super) row: String,
}

/// A group's alerts: what fires first, the worst first, then what is over.
pub(super) fn of_group(group: &Group) -> Vec<Entry> {
    let mut alerts: Vec<&Instance> = group.alerts.iter().collect();
    alerts.sort_by_key(|alert| (Reverse(alert.firing), Reverse(alert.severity), alert.began(), alert.key.clone()));
    alerts.into_iter().map(entry).collect()
}

/// What a short message is about, when that is more than its line can name.
pub(super) fn of_news(group: &Group, send: &Send) -> Vec<Entry> {
    let keys = send.about.first().map_or(&[][..], |about| &about.news);
    let news = group.firing().filter(|instance| keys.contains(&instance.key));
    if keys.len() > 1 { news.take(NEWS).map(entry).collect() } else { Vec::new() }
}

fn entry(alert: &Instance) -> Entry {
    let mark = if alert.firing { line::mark(alert.severity) } else { line::OVER };
    let body = words::body(alert);
    let text = cut(&body, ENTRY - units(mark) - 1, true);
    Entry { line: format!("{mark} {text}"), row: row(alert, &body) }
}

fn row(alert: &Instance, body: &str) -> String {
    let state = if alert.firing { "firing" } else { "over" };
    let began = words::iso(alert.began());
    let ended = alert.ended.map_or_else(String::new, |ended| format!(" until {}", words::iso(ended)));
    let labels: Vec<String> =
        alert.labels.iter().map(|(name, value)| format!("{}={:?}", words::clean(name), words::clean(value))).collect();
    let severity = alert.severity.word();
    let fingerprint = words::clean(&alert.key.fingerprint);
    let head = format!("{state} {severity} since {began}{ended} #{fingerprint}: ");
    let rest = format!("{body} {{{}}}", labels.join(", "));
    format!("{head}{}", cut(&rest, ROW, true))
}

/// The text file: a heading and every alert.
pub(super) fn file(title: &str, entries: &[Entry]) -> String {
    let mut text = format!("{title}\n\n");
    for entry in entries {
        text.push_str(&entry.row);
        text.push('\n');
    }
    text
}
