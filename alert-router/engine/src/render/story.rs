//! The facts of a message, gathered once, as clean plain text in the order in which every medium shows them.

use super::links::{self, Link};
use super::list::{self, List};
use super::{digest, line};
use crate::plan::{Kind, Send};
use crate::policy::{Policy, Severity};
use crate::state::group::Moment;
use crate::state::{Group, Instance, State};
use crate::time::{Timestamp, Zone};
use crate::words::{self, cut};

/// Timeline entries shown; older ones are counted.
const MOMENTS: usize = 8;
/// Label facts shown.
const FACTS: usize = 5;
/// The longest sentence of consequence or action.
const SENTENCE: usize = 600;

/// Everything a message says.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    pub(super) line: String,
    pub(super) subject: String,
    pub(super) title: String,
    pub(super) over: bool,
    pub(super) severity: Severity,
    /// What it means for the person.
    pub(super) consequence: Option<String>,
    /// The first thing to do.
    pub(super) action: Option<String>,
    /// The alerts, each by its line. Empty when the message's own line says it all.
    pub(super) entries: List,
    /// In a short message about several that joined: each by its line.
    pub(super) news: List,
    /// Whether the full list is attached in any case.
    pub(super) attach: bool,
    /// What is known to be missing from the list.
    pub(super) missing: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) since: Option<Timestamp>,
    pub(super) lasted: Option<String>,
    pub(super) timeline: Vec<Moment>,
    /// Timeline entries that are not shown.
    pub(super) older: u64,
    pub(super) links: Vec<Link>,
    pub(super) footer: String,
    /// The message to which a short one belongs.
    pub(super) card_link: Option<String>,
    /// The mail that began the thread.
    pub(super) root: Option<String>,
    /// It may have been told before.
    pub(super) note: Option<String>,
    pub(super) zone: Zone,
}

impl Story {
    /// Gathers what `send` is to say.
    pub(super) fn tell(state: &State, policy: &Policy, send: &Send) -> Self {
        let mut story = match (send.kind, send.about.as_slice()) {
            (Kind::Digest(kind), about) if about.len() > 1 || kind != crate::plan::Digest::Infos => {
                digest::tell(state, policy, send, kind)
            }
            (_, [about, ..]) => match state.groups.get(&about.group) {
                Some(group) => Self::of_group(group, policy, send),
                None => Self::of_nothing(send),
            },
            (_, []) => Self::of_nothing(send),
        };
        story.zone = policy.zone.clone();
        story.note = send.possibly_repeated.then(|| "possibly repeated: an earlier try may have arrived".to_owned());
        story
    }

    /// The group is gone, which the bounds do not let happen while a send is out.
    fn of_nothing(send: &Send) -> Self {
        let line = line::marked(line::mark(send.severity), "an alert of which nothing is known any more");
        Self { subject: "alert".to_owned(), title: "Alert".to_owned(), line, ..Self::default() }
    }

    fn of_group(group: &Group, policy: &Policy, send: &Send) -> Self {
        let worst = worst(group);
        let sentence = |names: &[&str]| {
            let found = names.iter().find_map(|name| worst.and_then(|worst| worst.annotations.get(name)));
            found.map(words::clean).filter(|text| !text.is_empty()).map(|text| cut(&text, SENTENCE, true))
        };
        let telling = group.telling(&send.attempt.target);
        let hidden = group.timeline.len().saturating_sub(MOMENTS);
        Self {
            line: line::of_group(group, policy, send),
            subject: group.subject.clone(),
            title: if group.open { words::subject(group) } else { line::over_words(group) },
            over: !group.open,
            severity: if group.open { group.severity() } else { group.peak },
            consequence: sentence(&["description"]).filter(|_| group.open),
            action: sentence(&["action"]).filter(|_| group.open),
            entries: if group.alerts.len() > 1 { list::of_groups(&[group]) } else { List::default() },
            news: list::of_news(group, send),
            missing: missing(group),
            facts: facts(group),
            since: Some(group.began()),
            lasted: group.ended().map(|ended| words::duration(ended.since(group.began()))),
            timeline: if eventful(group) { group.timeline.iter().skip(hidden).cloned().collect() } else { Vec::new() },
            older: group.forgotten_moments + hidden as u64,
            links: worst.map(|worst| links::of(group, worst)).unwrap_or_default(),
            footer: footer(group, send),
            card_link: telling.and_then(|telling| telling.card.as_ref()).and_then(|card| card.link.clone()),
            root: telling.and_then(|telling| telling.root.clone()),
            ..Self::default()
        }
    }
}

/// Whether there is a story to tell: things happened at different times.
fn eventful(group: &Group) -> bool {
    group.timeline.first().map(|moment| moment.at) != group.timeline.last().map(|moment| moment.at)
}

/// The alert whose words stand for the group: the worst that fires, the oldest of those; else the last that did.
fn worst(group: &Group) -> Option<&Instance> {
    let rank = |instance: &&Instance| (instance.firing, instance.severity, std::cmp::Reverse(instance.began()));
    group.alerts.iter().max_by_key(rank)
}

/// What the list cannot show, said.
fn missing(group: &Group) -> Vec<String> {
    let mut missing = Vec::new();
    if group.truncated > 0 {
        missing.push(format!("{} more alerts were left out by the sender", group.truncated));
    }
    if group.dropped > 0 {
        missing.push(format!("{} more alerts found no room in the router", group.dropped));
    }
    let absent = group.firing().filter(|instance| instance.absent).count();
    if absent > 0 && group.open {
        missing.push(format!("{absent} of them were not in the sender's last word (silenced?)"));
    }
    missing
}

/// The value now, and the labels that all firing alerts share.
fn facts(group: &Group) -> Vec<(String, String)> {
    let Some(worst) = worst(group) else { return Vec::new() };
    let shared = worst.labels.iter().filter(|(name, value)| {
        words::tells(name)
            && !value.is_empty()
            && group.alerts.iter().all(|other| other.labels.get(name) == Some(*value))
    });
    let value =
        Some(words::clean(&worst.value)).filter(|value| !value.is_empty()).map(|value| ("value".to_owned(), value));
    let labels = shared.map(|(name, value)| (words::clean(name), words::clean(value)));
    let facts = value.into_iter().chain(labels.filter(|(name, value)| !name.is_empty() && !value.is_empty()));
    facts.take(FACTS).map(|(name, value)| (cut(&name, 40, false), cut(&value, 120, true))).collect()
}

/// Source, group and delivery: what `explain` asks for.
fn footer(group: &Group, send: &Send) -> String {
    let id = send.about.first().map_or("", |about| &about.group.0);
    let parts = [words::clean(&group.source), id.chars().take(8).collect(), words::clean(&group.delivery.0)];
    let parts: Vec<String> =
        parts.into_iter().filter(|part| !part.is_empty()).map(|part| cut(&part, 60, false)).collect();
    parts.join(" · ")
}
