//! What a target should still be told of a group: the difference between the desired and the told side, nothing else.

use std::time::Duration;

use super::{Digest, Kind};
use crate::names::TargetName;
use crate::policy::{Medium, Policy, Severity};
use crate::state::telling::Telling;
use crate::state::{Group, Instance, Lane};
use crate::time::Timestamp;

/// The shortest time between two edits of a message.
const EDIT_EVERY: Duration = Duration::from_secs(5);
/// From this age on a message is edited only when something began or ended (Discord's error 30046).
const OLD_MESSAGE: Duration = Duration::from_secs(3600);

/// Something a target should be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) kind: Kind,
    pub(crate) severity: Severity,
    /// Whether the message carries the card, and becomes the living one.
    pub(crate) card: bool,
    /// When that which it tells was accepted.
    pub(crate) since: Timestamp,
    /// Not before then, whatever the lane says.
    pub(crate) ready: Timestamp,
    /// How often it failed.
    pub(crate) tries: u32,
    /// It must be told by itself.
    pub(crate) single: bool,
}

/// The order of telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Critical,
    Warning,
    Over,
    Quiet,
}

impl Want {
    pub(crate) fn class(&self, open: bool) -> Class {
        match (self.kind, self.severity) {
            (Kind::Fire | Kind::Rise | Kind::Join, Severity::Critical) => Class::Critical,
            (Kind::Fire | Kind::Rise | Kind::Join, _) => Class::Warning,
            (Kind::Over | Kind::ToldLate | Kind::Reminder, _) => Class::Over,
            (Kind::Edit, _) if !open => Class::Over,
            _ => Class::Quiet,
        }
    }
}

/// What `target` should be told of `group`; `None` when it knows everything it needs to.
pub(crate) fn want(group: &Group, target: &TargetName, policy: &Policy, lane: &Lane) -> Option<Want> {
    let medium = policy.targets.get(target)?.medium;
    group.tellings.contains_key(target).then_some(())?;
    let nothing = Telling::default();
    let telling = group.telling(target).unwrap_or(&nothing);
    let mut want = match (telling.told > 0, group.open) {
        (false, true) => first(group, policy, lane),
        (false, false) => missed(group, policy),
        (true, true) => more(group, telling, medium, policy),
        (true, false) => end(group, telling, medium, policy),
    }?;
    want.card &= medium != Medium::Mail;
    want.ready = want.ready.max(patience(telling, lane));
    (want.tries, want.single) = (telling.trouble.tries, telling.trouble.single);
    Some(want)
}

/// When a want that failed before may be tried again. What failed in an outage need not wait once the lane is well.
fn patience(telling: &Telling, lane: &Lane) -> Timestamp {
    let trouble = &telling.trouble;
    let outage_over = trouble.last_failed.zip(lane.recovered).is_some_and(|(failed, recovered)| failed < recovered);
    if outage_over && trouble.alone < super::retry::SUSPECT { Timestamp::default() } else { trouble.not_before }
}

fn a(kind: Kind, severity: Severity, since: Timestamp) -> Want {
    Want { kind, severity, card: false, since, ready: Timestamp::default(), tries: 0, single: false }
}

/// The target knows nothing of it yet.
fn first(group: &Group, policy: &Policy, lane: &Lane) -> Option<Want> {
    let severity = group.severity();
    if severity == Severity::Info {
        return info(group, policy);
    }
    let already_wrong = severity < Severity::Critical && group.began() < lane.born;
    let ready = if already_wrong { lane.born.after(policy.settle) } else { Timestamp::default() };
    Some(Want { card: true, ready, ..a(Kind::Fire, severity, group.opened) })
}

/// It is over, and the target never knew of it.
fn missed(group: &Group, policy: &Policy) -> Option<Want> {
    if group.peak == Severity::Info {
        return info(group, policy);
    }
    Some(Want { card: true, ..a(Kind::ToldLate, group.peak, group.opened) })
}

fn info(group: &Group, policy: &Policy) -> Option<Want> {
    let since = group.opened;
    Some(Want { ready: since.after(policy.info_every), ..a(Kind::Digest(Digest::Infos), Severity::Info, since) })
}

/// The target knows of it, and it goes on.
fn more(group: &Group, telling: &Telling, medium: Medium, policy: &Policy) -> Option<Want> {
    let severity = group.severity();
    if severity == Severity::Info && telling.severity <= Some(Severity::Info) {
        return (!group.untold(telling.told).is_empty()).then(|| info(group, policy)).flatten();
    }
    let shown = (medium != Medium::Mail).then(|| touch(group, telling)).flatten();
    let card = medium != Medium::Mail && telling.card.is_none();
    match ring(group, telling, card) {
        // A ring that is held back holds no edit back: the card shows the truth at once.
        Some(ring) if ring.ready > Timestamp::default() => shown.or(Some(ring)),
        Some(ring) => Some(ring),
        None => shown,
    }
}

/// Why a new message should ring: it became worse, more joined, it is time for a reminder.
fn ring(group: &Group, telling: &Telling, card: bool) -> Option<Want> {
    let severity = group.severity();
    let worse = if card { Kind::Fire } else { Kind::Rise };
    let at_least =
        |least: Severity| move |instance: &&Instance| instance.severity >= least && instance.fired > telling.rang;
    if Some(severity) > telling.severity {
        let (since, ready) = newest(group, at_least(severity));
        return Some(Want { card, ready, ..a(worse, severity, since) });
    }
    let all_again = group.reopened > telling.rang;
    let joined = at_least(if all_again { Severity::Info } else { Severity::Critical });
    if all_again || group.firing().any(|instance| joined(&instance)) {
        let (since, ready) = newest(group, joined);
        return Some(Want { card, ready, ..a(Kind::Join, severity, since) });
    }
    let since = group.reminded_at.unwrap_or(group.changed);
    (group.reminded > telling.rang).then(|| Want { card, ..a(Kind::Reminder, severity, since) })
}

/// When the news among what fires were accepted, and when they may ring.
fn newest(group: &Group, is_news: impl Fn(&&Instance) -> bool) -> (Timestamp, Timestamp) {
    let news = || group.firing().filter(|instance| is_news(instance));
    let since = news().map(|instance| instance.changed).min().unwrap_or(group.changed);
    let held = news().map(|instance| instance.held_until.unwrap_or_default()).min().unwrap_or_default();
    (since, held)
}

/// The living message is edited, or posted when there is none.
fn touch(group: &Group, telling: &Telling) -> Option<Want> {
    let severity = group.severity();
    let Some(card) = &telling.card else {
        let ready = telling.told_at.unwrap_or_default().after(EDIT_EVERY);
        return (group.real > telling.told).then(|| Want {
            card: true,
            ready,
            ..a(Kind::Card, severity, group.changed)
        });
    };
    let old = group.changed.since(card.posted) >= OLD_MESSAGE;
    let differs = if old { group.real > telling.told } else { group.revision > telling.told };
    let ready = card.touched.after(EDIT_EVERY);
    differs.then(|| Want { card: true, ready, ..a(Kind::Edit, severity, group.changed) })
}

/// The target knows of it, and it is over.
fn end(group: &Group, telling: &Telling, medium: Medium, policy: &Policy) -> Option<Want> {
    let since = group.closed.unwrap_or(group.changed);
    if telling.severity <= Some(Severity::Info) {
        return (!group.untold(telling.told).is_empty()).then(|| info(group, policy)).flatten();
    }
    if telling.over && group.real <= telling.told {
        return None;
    }
    if medium != Medium::Mail && telling.card.is_some() {
        if let Some(edit) = touch(group, telling).filter(|_| group.real > telling.told) {
            return Some(Want { since, severity: group.peak, ..edit });
        }
        return (!telling.over && group.peak == Severity::Critical).then(|| a(Kind::Over, group.peak, since));
    }
    Some(a(Kind::Over, group.peak, since))
}
