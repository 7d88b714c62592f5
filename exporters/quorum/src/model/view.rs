//! Whose table of members is believed, and who leads.
//!
//! A named leader is not a leader: after a crash the followers name the dead one for seconds. Only a node that names
//! *itself* leads; if two do, because one of them is cut off and does not know yet, the one that a quorum follows.

use std::collections::BTreeSet;

use super::input::{Answer, Input, Member, Peer};
use super::verdict::quorum;
use crate::parse::wire::Role;
use crate::words::Authority;

/// The cluster as the best witness sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Who that witness is.
    pub authority: Authority,
    /// The members, sorted by address; empty if nobody knows.
    pub members: Vec<Member>,
    /// The leader that confirmed itself.
    pub leader: Option<Member>,
    /// Addresses that say of themselves that they lead.
    pub claimed: Vec<String>,
    /// Ids that anybody names as the leader.
    pub named: BTreeSet<u64>,
}

impl View {
    /// Joins what was heard and read.
    #[must_use]
    pub fn of(input: &Input) -> View {
        let claimed: Vec<String> =
            input.peers.iter().filter(|peer| peer.claims()).map(|peer| peer.address.clone()).collect();
        let answers = input.peers.iter().filter_map(|peer| peer.answer.as_ref().ok());
        let named = answers.filter_map(|answer| answer.leader.as_ref()).map(|leader| leader.id).collect();
        let (authority, members) = believed(input, &claimed);
        let leader = leads(input, &claimed);
        let leader =
            members.iter().find(|member| Some(member.address.as_str()) == leader && member.role == Role::Voter);
        let leader = leader.cloned();
        View { authority, members, leader, claimed, named }
    }

    /// The member at an address.
    #[must_use]
    pub fn member(&self, address: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.address == address)
    }

    /// The members of a role.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.role == role)
    }

    /// Whether somebody who is sent the log vouches for the table: it can be said who is *not* a member.
    #[must_use]
    pub fn is_vouched(&self) -> bool {
        matches!(self.authority, Authority::Leader | Authority::Voter | Authority::Standby)
    }

    /// The role of the node at an address by its *own* table, which is all it needs to know to be asked.
    fn own_role(address: &str, table: &[Member]) -> Option<Role> {
        table.iter().find(|member| member.address == address).map(|member| member.role)
    }

    /// Whether a table has the same members in the same roles as the believed one, in whatever order.
    #[must_use]
    pub fn is_table(&self, table: &[Member]) -> bool {
        sorted(table) == self.members
    }

    /// How the table that a peer keeps compares with the believed one.
    #[must_use]
    pub fn compare(&self, peer: &Peer) -> Option<Comparison> {
        let answer = peer.answer.as_ref().ok()?;
        if !self.is_vouched() {
            return None;
        }
        let same = self.is_table(&answer.table);
        Some(match self.member(&peer.address).map(|member| member.role) {
            Some(Role::Voter | Role::Standby) if same => Comparison::Same,
            Some(Role::Voter | Role::Standby) => Comparison::Differs,
            Some(Role::Spare) if same => Comparison::Same,
            Some(Role::Spare) => Comparison::Stale,
            None => Comparison::NoMember,
        })
    }
}

/// How a peer's table compares with the believed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same.
    Same,
    /// It should be the same and is not.
    Differs,
    /// It is a spare's, who is not told of changes.
    Stale,
    /// The peer is no member: it was removed, or never let in.
    NoMember,
}

/// The address that leads: the only one that claims it, or the one of several that a quorum of its own voters names.
fn leads<'a>(input: &Input, claimed: &'a [String]) -> Option<&'a str> {
    if let [only] = claimed {
        return Some(only);
    }
    let followed = |leader: &&String| {
        let Some(answer) = input.peer(leader).and_then(|peer| peer.answer.as_ref().ok()) else { return false };
        let voters = || answer.table.iter().filter(|member| member.role == Role::Voter);
        let follows = |member: &&Member| {
            let named = input.peer(&member.address).and_then(|peer| peer.answer.as_ref().ok()?.leader.as_ref());
            named.is_some_and(|named| named.address == **leader)
        };
        voters().filter(follows).count() >= quorum(voters().count())
    };
    claimed.iter().find(followed).map(String::as_str)
}

/// The confirmed leader's table, else the one on which most voters agree, else the standbys', else the file's.
fn believed(input: &Input, claimed: &[String]) -> (Authority, Vec<Member>) {
    let answers = || input.peers.iter().filter_map(|peer| Some((peer.address.as_str(), peer.answer.as_ref().ok()?)));
    if let Some(leader) = leads(input, claimed)
        && let Some((_, answer)) = answers().find(|(address, _)| *address == leader)
        && !answer.table.is_empty()
    {
        return (Authority::Leader, sorted(&answer.table));
    }
    for (role, authority) in [(Role::Voter, Authority::Voter), (Role::Standby, Authority::Standby)] {
        let own = answers().filter(|(address, answer)| View::own_role(address, &answer.table) == Some(role));
        if let Some(table) = most_agreed(own.map(|(_, answer)| answer)) {
            return (authority, table);
        }
    }
    match &input.file {
        Some(file) if !file.is_empty() => (Authority::File, sorted(file)),
        _ => (Authority::None, Vec::new()),
    }
}

/// The table that most of them keep; of several the first, so that the same input gives the same view.
fn most_agreed<'a>(answers: impl Iterator<Item = &'a Answer>) -> Option<Vec<Member>> {
    let mut votes: Vec<(Vec<Member>, usize)> = Vec::new();
    for answer in answers {
        let table = sorted(&answer.table);
        match votes.iter_mut().find(|(known, _)| *known == table) {
            Some((_, count)) => *count += 1,
            None => votes.push((table, 1)),
        }
    }
    let most = votes.iter().map(|(_, count)| *count).max()?;
    votes.into_iter().find(|(_, count)| *count == most).map(|(table, _)| table)
}

fn sorted(table: &[Member]) -> Vec<Member> {
    let mut table = table.to_vec();
    table.sort_by(|one, other| one.address.cmp(&other.address));
    table.dedup_by(|one, other| one.address == other.address);
    table
}
