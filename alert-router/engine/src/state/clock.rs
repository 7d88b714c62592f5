//! What time alone brings about: giving up, forgetting, a watchdog's silence.

use super::{Log, State};
use crate::decision::What;
use crate::names::{GroupId, TargetName};
use crate::plan;
use crate::policy::Policy;
use crate::state::telling::Trouble;
use crate::time::Timestamp;
use crate::words::duration;

/// How long a group that is over and told is kept, so that late duplicates are recognised.
const KEPT: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

impl State {
    /// Lets time have passed.
    pub(crate) fn tick(&mut self, at: Timestamp, policy: &Policy, log: &mut Log) {
        for (source, since) in self.overdue_watchdogs(at, policy) {
            self.sender_silent(at, &source, since, policy, log);
        }
        for (id, target) in self.given_up(at, policy) {
            let reason = format!("not told within {}", duration(policy.give_up_after));
            self.dead_letter(&id, &target, &reason, log);
        }
        for id in self.groups.keys().cloned().collect::<Vec<_>>() {
            self.put_away(&id, at, policy, log);
        }
        self.say_room(at, policy, log);
    }

    /// When [`State::tick`] will next change something.
    pub(crate) fn wake_at(&self, policy: &Policy) -> Option<Timestamp> {
        if policy.targets.keys().any(|target| !self.lanes.contains_key(target)) {
            return Some(Timestamp::default());
        }
        if self.has_room_again(policy) {
            return Some(Timestamp::default());
        }
        let watchdogs = self.watchdogs(policy).map(|(_, _, due)| due);
        let wants = self.deadlines(policy).map(|(_, _, due)| due);
        let groups = self.groups.values().filter_map(|group| match group.open {
            true => Some(group.heard.after(policy.forget_after)),
            false => plan::settled(group, policy, &self.lanes).then(|| group.changed.after(KEPT)),
        });
        watchdogs.chain(wants).chain(groups).min()
    }

    fn watchdogs<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = (&'a String, Timestamp, Timestamp)> {
        self.sources.iter().filter_map(|(source, known)| {
            let (heard, wait) = (known.watchdog?, policy.watchdog_after?);
            (!known.silent).then(|| (source, heard, heard.after(wait)))
        })
    }

    fn overdue_watchdogs(&self, at: Timestamp, policy: &Policy) -> Vec<(String, Timestamp)> {
        let overdue = self.watchdogs(policy).filter(|(_, _, due)| *due <= at);
        overdue.map(|(source, heard, _)| (source.clone(), heard)).collect()
    }

    /// What waits to be told, and when to give up on it.
    fn deadlines<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = (&'a GroupId, &'a TargetName, Timestamp)> {
        self.groups.iter().flat_map(move |(id, group)| {
            group.tellings.keys().filter_map(move |target| {
                let lane = self.lanes.get(target)?;
                let want = plan::want(group, target, policy, lane)?;
                let out = lane.in_flight.as_ref().is_some_and(|send| send.about.iter().any(|about| about.group == *id));
                let first = group.telling(target).and_then(|telling| telling.trouble.first_failed);
                (!out).then(|| (id, target, first.unwrap_or(want.since).after(policy.give_up_after)))
            })
        })
    }

    fn given_up(&self, at: Timestamp, policy: &Policy) -> Vec<(GroupId, TargetName)> {
        let overdue = self.deadlines(policy).filter(|(_, _, due)| *due <= at);
        overdue.map(|(id, target, _)| (id.clone(), target.clone())).collect()
    }

    /// Counts a group as told to a target although it was not. What comes later is tried again.
    pub(super) fn dead_letter(&mut self, id: &GroupId, target: &TargetName, reason: &str, log: &mut Log) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let (revision, severity, over) = (group.revision, group.severity(), !group.open);
        let told = group.telling(target).map_or(0, |telling| telling.told);
        log.note(What::DeadLetter, reason).group(id).target(target).alerts(group.untold(told));
        let telling = group.telling_mut(target);
        (telling.told, telling.rang, telling.over) = (revision, revision, over);
        telling.severity = telling.severity.max(Some(severity));
        telling.trouble = Trouble::default();
    }

    /// Removes a group that is over and told, or of which nothing has been heard for very long.
    fn put_away(&mut self, id: &GroupId, at: Timestamp, policy: &Policy, log: &mut Log) {
        let Some(group) = self.groups.get_mut(id) else { return };
        if group.open && at >= group.heard.after(policy.forget_after) {
            let silence = duration(at.since(group.heard));
            log.note(What::Forgotten, format!("no word about it for {silence}")).group(id).alerts([]);
            group.open = false;
            group.closed = Some(at);
            for instance in &mut group.alerts {
                instance.firing = false;
            }
            group.real_change(at);
            group.moment(at, &format!("no word for {silence}, put away"), policy.bounds.timeline);
        } else if !group.open && at >= group.changed.after(KEPT) && plan::settled(group, policy, &self.lanes) {
            self.remove(id);
        }
    }
}
