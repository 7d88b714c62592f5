//! From a choice to a send that can be journalled, tried and told apart from every other.

use super::want::{Class, Want};
use super::{About, Digest, Kind, Send};
use crate::names::{AlertKey, AttemptId, GroupId, TargetName, hash};
use crate::policy::{Policy, Severity};
use crate::state::telling::{Telling, Trouble};
use crate::state::{Group, Lane};
use crate::time::Timestamp;

/// Groups, and alerts, of one digest: its attachment must hold them all.
const GROUPS: usize = 500;
const ALERTS: usize = 5000;

/// Something a target wants told, with where it comes from.
#[derive(Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) id: &'a GroupId,
    pub(crate) group: &'a Group,
    pub(crate) want: Want,
}

impl Candidate<'_> {
    pub(super) fn class(&self) -> Class {
        self.want.class(self.group.open)
    }

    pub(super) fn began_before(&self, lane: &Lane) -> bool {
        self.group.began() < lane.born
    }

    pub(super) fn failed_before(&self) -> bool {
        self.want.tries > 0
    }

    pub(super) fn single(&self) -> bool {
        self.want.single
    }
}

/// Makes the send; `None` of nothing.
pub(super) fn compose(
    kind: Kind,
    mut chosen: Vec<Candidate<'_>>,
    lane: &Lane,
    policy: &Policy,
    target: &TargetName,
    now: Timestamp,
) -> Option<Send> {
    let medium = policy.targets.get(target)?.medium;
    bound(&mut chosen);
    let first = chosen.first()?;
    let nothing = Telling::default();
    let telling = |candidate: &Candidate<'_>| candidate.group.telling(target).cloned().unwrap_or_default();
    let first_telling = first.group.telling(target).unwrap_or(&nothing);
    let alone = !matches!(kind, Kind::Digest(_));
    let troubles: Vec<Trouble> = chosen.iter().map(|candidate| telling(candidate).trouble).collect();
    Some(Send {
        attempt: AttemptId { target: target.clone(), number: lane.attempts + 1 },
        medium,
        kind,
        about: chosen.iter().map(|candidate| about(candidate, kind, &telling(candidate))).collect(),
        edits: first_telling.card.as_ref().filter(|_| kind == Kind::Edit).map(|card| card.id.clone()),
        card: alone && first.want.card,
        plain: troubles.iter().any(|trouble| trouble.plain),
        retried: troubles.iter().any(|trouble| trouble.tries > 0),
        severity: chosen.iter().map(|candidate| candidate.want.severity).max().unwrap_or_default(),
        at: now,
        since: chosen.iter().map(|candidate| candidate.want.since).min().unwrap_or(now),
        held_up: troubles.iter().find_map(|trouble| trouble.reason.clone()).or_else(|| lane.reason.clone()),
        possibly_repeated: troubles.iter().any(|trouble| trouble.possibly_repeated),
        seed: seed(kind, first, first_telling, target),
    })
}

/// What does not fit into one digest waits for the next.
fn bound(chosen: &mut Vec<Candidate<'_>>) {
    chosen.truncate(GROUPS);
    let mut alerts = 0;
    let fits = chosen.iter().take_while(|candidate| {
        alerts += candidate.group.alerts.len();
        alerts <= ALERTS
    });
    let fits = fits.count().max(1);
    chosen.truncate(fits);
}

fn about(candidate: &Candidate<'_>, kind: Kind, telling: &Telling) -> About {
    let group = candidate.group;
    let short = matches!(kind, Kind::Rise | Kind::Join | Kind::Reminder) && !candidate.want.card;
    let news = if short { news(group, telling) } else { Vec::new() };
    let mail = !candidate.want.card && telling.card.is_none();
    let alerts = match (short && !mail, news.as_slice()) {
        (true, [one]) => vec![one.clone()],
        (true, _) => Vec::new(),
        (false, _) => group.untold(telling.told),
    };
    let (id, severity) = (candidate.id.clone(), group.severity());
    About { group: id, episode: group.episode, revision: group.revision, severity, alerts, news }
}

/// What fires and was not rung for.
fn news(group: &Group, telling: &Telling) -> Vec<AlertKey> {
    let again = group.reopened > telling.rang;
    let new = group
        .firing()
        .filter(|instance| instance.fired > telling.rang && (instance.severity == Severity::Critical || again));
    new.map(|instance| instance.key.clone()).collect()
}

/// The same as long as the same happening is tried to be told, and never the same for another one: a mail reader takes
/// a second mail of one id for the first.
fn seed(kind: Kind, first: &Candidate<'_>, telling: &Telling, target: &TargetName) -> String {
    let group = first.group;
    let happening = match kind {
        Kind::Rise | Kind::Join => {
            group.firing().map(|instance| instance.fired).filter(|fired| *fired > telling.rang).min()
        }
        Kind::Reminder => Some(group.reminded),
        Kind::Over | Kind::Digest(Digest::Overs) => Some(group.real),
        _ => Some(telling.rang),
    };
    let [episode, happening] = [group.episode, happening.unwrap_or(group.real)].map(|number| number.to_string());
    hash([target.0.as_str(), &first.id.0, &episode, kind.in_words(), &happening])
}
