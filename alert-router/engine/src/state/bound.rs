//! Keeping the tables bounded. What must go is what everyone has been told; what cannot be kept is counted and told.

use super::{Group, Log, State, own};
use crate::decision::What;
use crate::names::GroupId;
use crate::plan;
use crate::policy::Policy;
use crate::time::Timestamp;

/// Senders remembered. Their names come from the configuration, so this is never reached by a sender's doing.
const SOURCES: usize = 256;

impl State {
    /// Whether there is room for one more group, if need be in the place of the one that ended longest ago.
    pub(super) fn make_room(&mut self, policy: &Policy) -> bool {
        if self.kept() < policy.bounds.groups {
            return true;
        }
        let oldest = self.done(policy).min_by_key(|(_, group)| group.closed);
        let Some(id) = oldest.map(|(id, _)| id.clone()) else { return false };
        self.remove(&id);
        true
    }

    /// Groups of senders. The router's own notices have places of their own: one per source and target at most.
    fn kept(&self) -> usize {
        self.groups.values().filter(|group| group.source != own::SOURCE).count()
    }

    /// Groups of senders that are over and told.
    fn done<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = (&'a GroupId, &'a Group)> {
        let done = |group: &Group| !group.open && plan::settled(group, policy, &self.lanes);
        self.groups.iter().filter(move |(_, group)| group.source != own::SOURCE && done(group))
    }

    /// Whether groups were turned away and need not be any more.
    pub(super) fn has_room_again(&self, policy: &Policy) -> bool {
        self.turned_away > 0 && (self.kept() < policy.bounds.groups || self.done(policy).next().is_some())
    }

    /// Removes a group and the keys that led to it.
    pub(super) fn remove(&mut self, id: &GroupId) {
        self.groups.remove(id);
        self.aliases.retain(|_, known| known != id);
    }

    /// Remembers that a sender was heard.
    pub(super) fn hear(&mut self, incoming: &super::absorb::Incoming<'_>, policy: &Policy, log: &mut Log) {
        if self.sources.len() < SOURCES || self.sources.contains_key(incoming.source) {
            self.sources.entry(incoming.source.to_owned()).or_default().heard = incoming.at;
        }
        self.readable_again(incoming.at, incoming.source, policy, log);
    }

    /// Tells that groups are being turned away.
    pub(super) fn say_full(&mut self, at: Timestamp, policy: &Policy, log: &mut Log) {
        let notice = own::full(self.turned_away, at);
        // The notice itself needs a place beyond the bound; there is only ever one of it.
        self.notice(at, &notice, policy, log);
    }

    /// Lets the fullness notice end once there is room again.
    pub(super) fn say_room(&mut self, at: Timestamp, policy: &Policy, log: &mut Log) {
        if self.has_room_again(policy) {
            let notice = own::full(self.turned_away, at).over(at);
            self.turned_away = 0;
            log.note(What::Closed, "there is room for groups again");
            self.notice(at, &notice, policy, log);
        }
    }
}
