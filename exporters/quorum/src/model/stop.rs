//! May this node be stopped? Yes, no, or "cannot tell", each with its reason in one sentence.
//!
//! *Yes* needs a quorum of other voters that are proven to write and reach each other; *no* needs the certainty that without the node there is
//! none. What lies between is not guessed. A stop is taken as a crash would be: that a leaving leader hands over is a
//! courtesy of a clean stop, and nothing is built on it.

mod words;

use super::input::{Input, Member, Peer};
use super::standing::Standing;
use super::ties;
use super::verdict::Verdict;
use super::view::{Comparison, View};
use crate::parse::wire::Role;

/// The answer in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// The cluster still commits without it.
    Yes,
    /// It does not.
    No,
    /// Not known, for a reason that is told.
    CannotTell,
}

impl Say {
    /// The exit code of the verb.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Say::Yes => 0,
            Say::No => 1,
            Say::CannotTell => 3,
        }
    }

    /// The word of the HTTP answer.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Say::Yes => "yes",
            Say::No => "no",
            Say::CannotTell => "cannot-tell",
        }
    }

    /// As a sample: 1, 0, or none.
    #[must_use]
    pub const fn value(self) -> Option<bool> {
        match self {
            Say::Yes => Some(true),
            Say::No => Some(false),
            Say::CannotTell => None,
        }
    }
}

/// The answer for one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The node: id 0 and role spare if it is no member any more.
    pub member: Member,
    /// What it is called.
    pub node: String,
    /// The answer.
    pub say: Say,
    /// The answer and its reason in one sentence.
    pub sentence: String,
}

/// The answer for every member, and for every node that runs without being one.
#[must_use]
pub(super) fn all(verdict: &Verdict, input: &Input) -> Vec<Advice> {
    let stranger = |peer: &&Peer| verdict.view.compare(peer) == Some(Comparison::NoMember);
    let strangers = input.peers.iter().filter(stranger).map(|peer| nobody(&peer.address));
    let nodes = verdict.view.members.iter().cloned().chain(strangers);
    nodes.map(|member| advise(member, verdict, input)).collect()
}

fn nobody(address: &str) -> Member {
    Member { id: 0, address: address.to_owned(), role: Role::Spare }
}

fn advise(member: Member, verdict: &Verdict, input: &Input) -> Advice {
    let case = Case::of(&member, verdict, input);
    let node = input.names.of(&member.address).to_owned();
    let sentence = words::sentence(case, &member, verdict, input);
    Advice { say: case.say(), node, member, sentence }
}

/// Why the answer is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// Nobody who is sent the log answers, so who is a member is not known.
    NoWitness,
    /// Fewer voters than the quorum are seen from here: it is lost, or this node is cut off.
    CutOff(usize),
    /// The quorum is lost already.
    Lost,
    /// It is needed: without it so many voters can count at most.
    Needed(usize),
    /// Nobody leads, or two claim to and neither is followed by a quorum.
    Leaderless,
    /// Nobody leads as far as can be seen from here, and a voter that others see is not seen.
    LeaderUnseen,
    /// So many others are proven and see each other, which is enough.
    Spared(usize),
    /// Enough others may be there, and too few are proven.
    Unproven,
}

impl Case {
    fn of(member: &Member, verdict: &Verdict, input: &Input) -> Case {
        if !verdict.view.is_vouched() {
            return Case::NoWitness;
        }
        if let Some(case) = lost(verdict, input) {
            return case;
        }
        let others = || verdict.voters.iter().filter(|(voter, _)| voter.address != member.address);
        let possible = others().filter(|(_, standing)| standing.is_possible()).count();
        if possible < verdict.size() {
            return Case::Needed(possible);
        }
        if verdict.view.leader.is_none() {
            let unseen = verdict.voters.iter().any(|(_, standing)| matches!(standing, Standing::Unknown(_)));
            return if unseen { Case::LeaderUnseen } else { Case::Leaderless };
        }
        let proven = others().filter(|(_, standing)| standing.is_proven());
        let proven: Vec<&str> = proven.map(|(voter, _)| voter.address.as_str()).collect();
        let together = ties::together(&proven, input);
        if together >= verdict.size() { Case::Spared(together) } else { Case::Unproven }
    }

    fn say(self) -> Say {
        match self {
            Case::Spared(_) => Say::Yes,
            Case::Lost | Case::Needed(_) | Case::Leaderless => Say::No,
            Case::NoWitness | Case::CutOff(_) | Case::LeaderUnseen | Case::Unproven => Say::CannotTell,
        }
    }
}

/// Whether the quorum is lost. A minority that is cut off sees the same silence as the survivors of a disaster; only who
/// refuses, or answers and cannot write, is surely out. And who leads has a quorum, whatever is seen of it from here.
fn lost(verdict: &Verdict, input: &Input) -> Option<Case> {
    let count = |counts: fn(&Standing) -> bool| verdict.voters.iter().filter(|(_, standing)| counts(standing)).count();
    let possible = count(Standing::is_possible);
    if possible >= verdict.size() {
        return None;
    }
    let answers = |voter: &Member| input.peer(&voter.address).is_some_and(Peer::up);
    let surely = match verdict.view.leader {
        Some(_) => verdict.voters.iter().filter(|(voter, _)| answers(voter)).count() >= verdict.size(),
        None => verdict.voters.len() - count(Standing::is_surely_out) < verdict.size(),
    };
    Some(if surely { Case::Lost } else { Case::CutOff(possible) })
}

/// Whether a node may join, leave or be upgraded: a change asks more than a stop, since the table itself is at stake.
pub(super) fn safe_to_change(view: &View, voters: &[(Member, Standing)], input: &Input) -> Option<bool> {
    if !view.is_vouched() {
        return None;
    }
    if voters.iter().any(|(_, standing)| !standing.is_possible()) {
        return Some(false);
    }
    if view.leader.is_none() {
        let unseen = voters.iter().any(|(_, standing)| matches!(standing, Standing::Unknown(_)));
        return if unseen { None } else { Some(false) };
    }
    let addresses: Vec<&str> = voters.iter().map(|(voter, _)| voter.address.as_str()).collect();
    let proven = voters.iter().all(|(_, standing)| standing.is_proven());
    (proven && ties::together(&addresses, input) == voters.len()).then_some(true)
}
