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

/// Alerts, each by a line for people and by a row for the text file. Two texts, however many there are: a digest tells
/// of thousands.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    lines: String,
    rows: String,
    count: usize,
}

impl List {
    fn of<'a>(alerts: impl IntoIterator<Item = &'a Instance>) -> Self {
        let mut list = Self::default();
        for alert in alerts {
            let body = words::body(alert);
            for (text, next) in [(&mut list.lines, entry(alert, &body)), (&mut list.rows, row(alert, &body))] {
                text.push_str(&next);
                text.push('\n');
            }
            list.count += 1;
        }
        list
    }

    /// How many alerts.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Each alert's line: `🔴 odin: pool tank DEGRADED, can lose 0 more disks`.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.lines()
    }

    /// All of the lines as one paragraph, if there are any.
    pub(super) fn paragraph(&self) -> Option<&str> {
        (self.count > 0).then(|| self.lines.trim_end())
    }

    /// The text file: a heading and, for every alert, state, severity, start, words, labels, fingerprint.
    pub(super) fn file(&self, title: &str) -> String {
        format!("{title}\n\n{}", self.rows)
    }
}

/// The alerts of groups: in each what fires first, the worst first, then what is over.
pub(super) fn of_groups(groups: &[&Group]) -> List {
    List::of(groups.iter().flat_map(|group| {
        let mut alerts: Vec<&Instance> = group.alerts.iter().collect();
        alerts.sort_by_key(|&alert| (Reverse(alert.firing), Reverse(alert.severity), alert.began(), &alert.key));
        alerts
    }))
}

/// What a short message is about, when that is more than its line can name.
pub(super) fn of_news(group: &Group, send: &Send) -> List {
    let keys = send.about.first().map_or(&[][..], |about| &about.news);
    let news = group.firing().filter(|instance| keys.contains(&instance.key));
    if keys.len() > 1 { List::of(news.take(NEWS)) } else { List::default() }
}

fn entry(alert: &Instance, body: &str) -> String {
    let mark = if alert.firing { line::mark(alert.severity) } else { line::OVER };
    format!("{mark} {}", cut(body, ENTRY - units(mark) - 1, true))
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
