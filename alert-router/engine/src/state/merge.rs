//! What one alert of a webhook means for a group. Old words, repeats and the two halves of a redundant sender all
//! come this way, so every case has a name.

use std::time::Duration;

use super::{Group, Instance};
use crate::names::AlertKey;
use crate::state::instance::key;
use crate::time::Timestamp;
use crate::webhook::{Alert, Status};

/// How long after an end the same start may still be the late word of a redundant sender (its peers wait 15 s each).
const PEER_WINDOW: Duration = Duration::from_secs(45);

/// What an alert of a webhook means. Numbers are places in the group's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Known as it is; its words may differ.
    Known(usize),
    /// Fires for the first time, or its start and end are learnt at once.
    New,
    /// Fires again with the start it had before its end.
    Refire(usize),
    /// Fires with a later start: the end of the earlier firing was never said.
    Supersede(usize),
    /// Is over.
    End(usize),
    /// Is over, and so is an earlier firing whose end was never said.
    EndUnseen(usize),
    /// Says of an alert what was true before something newer.
    Old,
    /// Was over before the engine began; not ours to tell.
    Before,
}

impl Effect {
    /// Whether something begins with it that someone must be told.
    pub(super) const fn begins(self) -> bool {
        matches!(self, Self::New | Self::Refire(_) | Self::Supersede(_) | Self::EndUnseen(_))
    }
}

/// What `alert` means to a group that knows `alerts`, in an engine born at `born`.
pub(super) fn effect(alerts: &[Instance], alert: &Alert, born: Timestamp) -> Effect {
    let known = || alerts.iter().enumerate().filter(|(_, instance)| instance.key.fingerprint == alert.fingerprint);
    let exact = known().find(|(_, instance)| instance.key.starts_at == alert.starts_at);
    let current = known().find(|(_, instance)| instance.firing);
    match (alert.status, exact, current) {
        (Status::Firing, Some((at, instance)), _) if instance.firing => Effect::Known(at),
        (Status::Firing, Some((_, instance)), _) if instance.superseded => Effect::Old,
        (Status::Firing, Some((at, _)), None) => Effect::Refire(at),
        (Status::Firing, Some(_), Some(_)) => Effect::Old,
        (Status::Firing, None, Some((at, current))) if current.key.starts_at < alert.starts_at => Effect::Supersede(at),
        (Status::Firing, None, Some(_)) => Effect::Old,
        (Status::Firing, None, None) => Effect::New,
        (Status::Resolved, Some((at, instance)), _) if instance.firing => Effect::End(at),
        (Status::Resolved, Some((at, _)), _) => Effect::Known(at),
        (Status::Resolved, None, _) if alert.starts_at < born => Effect::Before,
        (Status::Resolved, None, Some((at, current))) if current.key.starts_at < alert.starts_at => {
            Effect::EndUnseen(at)
        }
        (Status::Resolved, None, _) => Effect::New,
    }
}

/// Carries an effect out, at the revision the group is about to have. `false` when there was no room.
pub(super) fn carry_out(group: &mut Group, effect: Effect, alert: &Alert, at: Timestamp, bound: usize) -> bool {
    let revision = group.revision + 1;
    match effect {
        Effect::Known(_) | Effect::Old | Effect::Before => true,
        Effect::New => add(group, alert, at, revision, bound),
        Effect::Refire(place) => {
            group.alerts[place].fire_again(at, revision, PEER_WINDOW);
            group.alerts[place].update(alert);
            true
        }
        Effect::Supersede(place) | Effect::EndUnseen(place) => {
            group.alerts[place].end(at, alert.starts_at);
            group.alerts[place].superseded = true;
            add(group, alert, at, revision, bound)
        }
        Effect::End(place) => {
            group.alerts[place].update(alert);
            group.alerts[place].end(at, alert.ends_at.unwrap_or(at));
            true
        }
    }
}

fn add(group: &mut Group, alert: &Alert, at: Timestamp, revision: u64, bound: usize) -> bool {
    let room = group.alerts.len() < bound.max(1) || make_room(group);
    if room {
        group.alerts.push(Instance::new(alert, at, revision));
    }
    room
}

/// Lets go of an ended firing that every target was told of.
fn make_room(group: &mut Group) -> bool {
    let told = group.tellings.values().map(|telling| telling.told).min().unwrap_or(0);
    let place = group.alerts.iter().position(|instance| !instance.firing && instance.fired <= told);
    place.map(|place| group.alerts.remove(place)).is_some()
}

/// Marks what the sender's complete word left out. Absence is not an end: an alert may be silenced or inhibited.
pub(super) fn mark_absent(group: &mut Group, spoken_of: &[AlertKey], complete: bool) {
    for instance in group.alerts.iter_mut().filter(|instance| instance.firing) {
        let spoken = spoken_of.contains(&instance.key);
        instance.absent = !spoken && (complete || instance.absent);
    }
}

/// The keys of a webhook's alerts.
pub(super) fn keys<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Vec<AlertKey> {
    alerts.into_iter().map(key).collect()
}
