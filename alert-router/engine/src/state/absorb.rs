//! A webhook comes in: which group it is about, what changed, whom it concerns.

use super::changes::{Change, Changes};
use super::merge::{self, Effect};
use super::{Group, Log, State, own};
use crate::decision::What;
use crate::names::{DeliveryId, GroupId, hash};
use crate::plan;
use crate::policy::{Policy, Severity};
use crate::time::Timestamp;
use crate::webhook::{Alert, Status, Webhook};
use crate::words;

/// The alert whose only purpose is to be heard.
const WATCHDOG: &str = "Watchdog";
/// Keys of edited route trees that are remembered.
const ALIASES: usize = 1024;

/// A webhook on its way in.
pub(crate) struct Incoming<'a> {
    pub(crate) at: Timestamp,
    pub(crate) source: &'a str,
    pub(crate) delivery: &'a DeliveryId,
    pub(crate) webhook: &'a Webhook,
    /// The router's own notices reach every target but the one they are about; others go by the routes.
    pub(crate) own: Option<own::Audience>,
}

impl State {
    /// Takes a sender's webhook in.
    pub(crate) fn absorb(&mut self, incoming: &Incoming<'_>, policy: &Policy, log: &mut Log) {
        self.hear(incoming, policy, log);
        let (watchdogs, alerts): (Vec<_>, Vec<_>) = incoming
            .webhook
            .alerts
            .iter()
            .partition(|alert| alert.labels.get("alertname").is_some_and(|name| name == WATCHDOG));
        self.heartbeat(incoming, &watchdogs, policy, log);
        if alerts.is_empty() {
            if watchdogs.is_empty() {
                log.note(What::Ignored, "the webhook names no alert");
            }
            return;
        }
        self.absorb_alerts(incoming, &alerts, policy, log);
    }

    /// Takes alerts in, the watchdog set aside.
    pub(crate) fn absorb_alerts(&mut self, incoming: &Incoming<'_>, alerts: &[&Alert], policy: &Policy, log: &mut Log) {
        let id = self.find(incoming, alerts, log);
        let born = self.born.unwrap_or(incoming.at);
        if !self.groups.contains_key(&id) {
            let told_before = alerts.iter().all(|alert| merge::effect(&[], alert, born) == Effect::Before);
            if told_before && incoming.webhook.truncated_alerts == 0 {
                let note = log.note(What::Ignored, "over before this router knew of it").group(&id);
                return note.alerts(merge::keys(alerts.iter().copied()));
            }
            if incoming.own.is_none() && !self.make_room(policy) {
                self.turned_away += 1;
                let reason = format!("already {} groups, none of them told and over", self.groups.len());
                log.note(What::Dropped, reason).group(&id).alerts(merge::keys(alerts.iter().copied()));
                return self.say_full(incoming.at, policy, log);
            }
        }
        let mut group = self.groups.remove(&id).unwrap_or_default();
        let settled = plan::settled(&group, policy, &self.lanes);
        Absorbing { incoming, policy, log, id: &id, born }.run(&mut group, alerts, settled);
        self.groups.insert(id, group);
    }

    /// The group's place: its own key, or the open group with the same labels and a common alert, whose sender's
    /// routes were edited meanwhile.
    fn find(&mut self, incoming: &Incoming<'_>, alerts: &[&Alert], log: &mut Log) -> GroupId {
        let hook = incoming.webhook;
        let id = GroupId(hash([incoming.source, &hook.receiver, &hook.group_key]));
        if self.groups.contains_key(&id) {
            return id;
        }
        if let Some(known) = self.aliases.get(&id).filter(|known| self.groups.contains_key(known)) {
            return known.clone();
        }
        let kin = self.groups.iter().find(|(_, group)| {
            group.open
                && (group.source.as_str(), &group.receiver, &group.labels)
                    == (incoming.source, &hook.receiver, &hook.group_labels)
                && group.firing().any(|known| alerts.iter().any(|alert| alert.fingerprint == known.key.fingerprint))
        });
        let Some((kin, _)) = kin else { return id };
        let kin = kin.clone();
        log.note(What::Adopted, format!("group key is new, labels and an alert are known: {}", hook.group_key))
            .group(&kin);
        if self.aliases.len() >= ALIASES {
            self.aliases.pop_first();
        }
        self.aliases.insert(id, kin.clone());
        kin
    }

    fn heartbeat(&mut self, incoming: &Incoming<'_>, watchdogs: &[&Alert], policy: &Policy, log: &mut Log) {
        if !watchdogs.iter().any(|alert| alert.status == Status::Firing) {
            return;
        }
        log.note(What::Heartbeat, format!("watchdog of {} heard", incoming.source));
        if let Some(source) = self.sources.get_mut(incoming.source) {
            source.watchdog = Some(incoming.at);
        }
        self.sender_back(incoming.at, incoming.source, policy, log);
    }
}

/// A critical that is new is tried at once, however long what was known before has to wait for its next try.
fn hurry(group: &mut Group) {
    let new = |instance: &super::Instance| instance.severity == Severity::Critical && instance.fired == group.revision;
    if group.firing().any(new) {
        for telling in group.tellings.values_mut() {
            telling.trouble.tries = 0;
            telling.trouble.not_before = Timestamp::default();
        }
    }
}

/// One webhook meeting one group.
struct Absorbing<'a, 'l> {
    incoming: &'a Incoming<'a>,
    policy: &'a Policy,
    log: &'l mut Log,
    id: &'a GroupId,
    born: Timestamp,
}

impl Absorbing<'_, '_> {
    fn run(mut self, group: &mut Group, alerts: &[&Alert], settled: bool) {
        let begins = alerts.iter().any(|alert| merge::effect(&group.alerts, alert, self.born).begins());
        let opened = begins && !group.open && self.begin(group, alerts, settled);
        let mut changes = Changes { opened, ..Changes::default() };
        for alert in alerts {
            self.merge(group, alert, &mut changes);
        }
        group.alerts.shrink_to_fit();
        self.settle_words(group, &changes);
        hurry(group);
        self.address(group, alerts);
        self.open_or_close(group, &changes);
        self.tell_ledger(group, changes);
        group.remind(self.incoming.at, &self.incoming.webhook.notification_reason, self.id, self.log);
    }

    /// Begins an episode (`true`), or goes on with the last one when someone has not been told all of it.
    fn begin(&mut self, group: &mut Group, alerts: &[&Alert], settled: bool) -> bool {
        let at = self.incoming.at;
        group.open = true;
        group.closed = None;
        if group.episode > 0 && !settled {
            group.reopened = group.revision + 1;
            return false;
        }
        let again = merge::keys(alerts.iter().copied());
        group.alerts.retain(|instance| again.contains(&instance.key));
        group.tellings.clear();
        group.timeline.clear();
        group.forgotten_moments = 0;
        group.peak = Severity::Info;
        group.reminded_at = None;
        group.subject.clear();
        group.episode += 1;
        group.opened = at;
        true
    }

    fn merge(&mut self, group: &mut Group, alert: &Alert, changes: &mut Changes) {
        let effect = merge::effect(&group.alerts, alert, self.born);
        let kept = merge::carry_out(group, effect, alert, self.incoming.at, self.policy.bounds.alerts);
        let key = super::instance::key(alert);
        if !kept {
            changes.unkept_firing |= alert.status == Status::Firing;
            return changes.of.entry(Change::Dropped).or_default().push(key);
        }
        let change = match effect {
            Effect::Known(place) if alert.status == Status::Firing && group.alerts[place].update(alert) => {
                changes.words = true;
                return;
            }
            Effect::Known(_) => return,
            Effect::New if alert.status == Status::Firing => Change::Fired,
            Effect::Refire(_) | Effect::Supersede(_) => Change::Refired,
            Effect::New | Effect::End(_) | Effect::EndUnseen(_) => Change::Resolved,
            Effect::Old => Change::Old,
            Effect::Before => Change::Before,
        };
        changes.of.entry(change).or_default().push(key);
    }

    /// What the group is called and when it changed.
    fn settle_words(&self, group: &mut Group, changes: &Changes) {
        let hook = self.incoming.webhook;
        let dropped = changes.of.get(&Change::Dropped).map_or(0, Vec::len) as u64;
        let counts = (group.truncated, group.dropped) != (hook.truncated_alerts, dropped);
        (group.truncated, group.dropped) = (hook.truncated_alerts, dropped);
        merge::mark_absent(group, &merge::keys(&hook.alerts), hook.truncated_alerts == 0);
        // Opened again by an alert there was no room for: news as well, and to be rung for once, not for ever.
        if changes.real() || group.reopened > group.revision {
            group.real_change(self.incoming.at);
            changes.moments(group, self.incoming.at, self.policy.bounds.timeline);
        } else if counts || changes.words {
            group.soft_change(self.incoming.at);
        }
        group.peak = group.peak.max(group.alerts.iter().map(|instance| instance.severity).max().unwrap_or_default());
        if group.subject.is_empty() {
            group.subject = words::subject(group);
        }
        group.heard = self.incoming.at;
        if changes.real() || changes.words || group.source.is_empty() {
            group.delivery = self.incoming.delivery.clone();
        }
        self.incoming.source.clone_into(&mut group.source);
        group.receiver.clone_from(&hook.receiver);
        group.labels.clone_from(&hook.group_labels);
        group.external_url.clone_from(&hook.external_url);
    }

    /// Whom it concerns. A target once concerned stays so until the episode ends.
    fn address(&mut self, group: &mut Group, alerts: &[&Alert]) {
        let mut reminder = None;
        for alert in alerts {
            let ways = match &self.incoming.own {
                Some(audience) => vec![audience.way(self.policy)],
                None => self.policy.ways(&alert.labels),
            };
            for way in ways {
                reminder = Some(reminder.unwrap_or(way.reminder).min(way.reminder));
                for target in way.targets.iter().filter(|target| self.policy.targets.contains_key(target)) {
                    group.tellings.entry(target.clone()).or_default();
                }
            }
        }
        group.reminder = reminder.unwrap_or(self.policy.reminder);
        if group.tellings.is_empty() {
            self.log
                .note(What::Unrouted, "no route leads to a target")
                .group(self.id)
                .alerts(merge::keys(alerts.iter().copied()));
        }
    }

    fn open_or_close(&mut self, group: &mut Group, changes: &Changes) {
        let resolved = self.incoming.webhook.status == Status::Resolved;
        let firing = group.firing().count();
        let hidden = group.truncated > 0 || changes.unkept_firing;
        if !group.open {
            return;
        }
        if firing == 0 && !hidden {
            group.open = false;
            group.closed = Some(self.incoming.at);
            // The end itself is news even when no alert changed: the last word was cut off, and this one is whole.
            if !changes.real() {
                group.real_change(self.incoming.at);
            }
            self.log.note(What::Closed, "every alert of the group has ended").group(self.id).alerts([]);
        } else if resolved {
            let reason = match group.truncated {
                0 => format!("called resolved, but {firing} alerts were never said to have ended"),
                left_out => format!("called resolved, but the sender left {left_out} alerts out"),
            };
            self.log.note(What::KeptOpen, reason).group(self.id).alerts([]);
        }
    }

    fn tell_ledger(&mut self, group: &Group, changes: Changes) {
        if changes.opened {
            self.log.note(What::Opened, format!("episode {} begins", group.episode)).group(self.id).alerts([]);
        }
        if changes.of.is_empty() {
            let reason = if changes.words { "the same alerts in other words" } else { "nothing in it was new" };
            self.log.note(What::Duplicate, reason).group(self.id).alerts([]);
        }
        for (change, keys) in changes.of {
            let (what, reason) = change.in_words();
            self.log.note(what, reason).group(self.id).alerts(keys);
        }
    }
}
