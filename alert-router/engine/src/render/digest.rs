//! Several groups in one message: how many, how bad, the first one, and the full list.

use std::cmp::Reverse;

use super::line::{self, LINE, OVER};
use super::list;
use super::story::Story;
use crate::plan::{Digest, Send};
use crate::policy::{Policy, Severity};
use crate::state::{Group, State};
use crate::words::{cut, duration, units};

/// The story of a digest.
pub(super) fn tell(state: &State, policy: &Policy, send: &Send, kind: Digest) -> Story {
    let mut groups: Vec<&Group> = send.about.iter().filter_map(|about| state.groups.get(&about.group)).collect();
    groups.sort_by_key(|group| (Reverse(group.open), Reverse(group.severity()), group.opened, group.began()));
    let severity = groups.iter().filter(|group| group.open).map(|group| group.severity()).max();
    let over = severity.is_none();
    let title = title(kind, &groups);
    Story {
        line: first_line(kind, &groups, severity, &line::late(policy, send)),
        subject: title.clone(),
        over,
        severity: severity.unwrap_or(send.severity),
        entries: list::of_groups(&groups),
        attach: true,
        missing: missing(&groups),
        since: groups.iter().map(|group| group.began()).min(),
        footer: format!("{} groups", groups.len()),
        title,
        ..Story::default()
    }
}

fn alerts(groups: &[&Group]) -> usize {
    groups.iter().map(|group| group.alerts.len()).sum()
}

fn title(kind: Digest, groups: &[&Group]) -> String {
    let (alerts, groups) = (alerts(groups), groups.len());
    match kind {
        Digest::Storm => format!("{alerts} alerts in {groups} groups"),
        Digest::FirstStart => format!("Already so before the router started: {alerts} alerts"),
        Digest::Overs => format!("{groups} groups of alerts are over"),
        Digest::Changes => format!("{groups} groups of alerts have changed"),
        Digest::Infos => format!("{alerts} infos"),
    }
}

/// `🔴 137 alerts in 2 min, 12 critical. First: odin: unreachable. Full list attached`.
fn first_line(kind: Digest, groups: &[&Group], severity: Option<Severity>, late: &str) -> String {
    let mark = severity.map_or(OVER, line::mark);
    let count = count(kind, groups);
    let (before, after) = (format!("{late}{count}. First: "), ". Full list attached");
    let room = LINE.saturating_sub(units(mark) + 1 + units(&before) + units(after));
    let first = groups.first().map(|group| cut(&group.subject, room.max(20), false)).unwrap_or_default();
    line::marked(mark, &format!("{before}{first}{after}"))
}

fn count(kind: Digest, groups: &[&Group]) -> String {
    let total = alerts(groups);
    let critical =
        groups.iter().flat_map(|group| group.firing()).filter(|alert| alert.severity == Severity::Critical).count();
    match kind {
        Digest::Storm => format!("{total} alerts in {}, {critical} critical", span(groups)),
        Digest::FirstStart => format!("{total} alerts were there before the router"),
        Digest::Overs => format!("{total} alerts in {} groups are over", groups.len()),
        Digest::Changes => format!("{} groups changed, {critical} critical alerts", groups.len()),
        Digest::Infos => format!("{total} infos"),
    }
}

/// Over how long they began, at least a minute.
fn span(groups: &[&Group]) -> String {
    let first = groups.iter().map(|group| group.opened).min().unwrap_or_default();
    let last = groups.iter().map(|group| group.opened).max().unwrap_or_default();
    duration(last.since(first).max(std::time::Duration::from_secs(60)))
}

fn missing(groups: &[&Group]) -> Vec<String> {
    let left_out: u64 = groups.iter().map(|group| group.truncated + group.dropped).sum();
    (left_out > 0)
        .then(|| format!("{left_out} more alerts were left out by the sender or found no room"))
        .into_iter()
        .collect()
}
