//! The numbers: how many voters count, how many are needed, how many may fail.

use super::domains::Domains;
use super::input::{Input, Member};
use super::reason;
use super::standing::{Doubt, Standing};
use super::stop::{self, Advice};
use super::view::View;
use crate::parse::wire::Role;
use crate::words::HaReason;

/// Voters that dqlite's role management aims at, and the fewest that survive the loss of one.
pub const VOTERS_WANTED: usize = 3;
/// Standbys it aims at.
const STANDBYS_WANTED: usize = 3;

/// What the cluster is worth right now, as seen from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whose table is believed, and who leads.
    pub view: View,
    /// Each voter and whether it counts.
    pub voters: Vec<(Member, Standing)>,
    /// What follows from it; `None` if a voter was not asked, or nobody knows who is one.
    pub numbers: Option<Numbers>,
    /// Members that answer, by role in the order of [`Role::ALL`]; `None` if one of them was not asked.
    pub online: Option<[usize; 3]>,
    /// Failure domains of the effective voters.
    pub domains: Option<Domains>,
    /// The first thing in the way of high availability.
    pub reason: HaReason,
    /// For each node whether it may be stopped.
    pub advice: Vec<Advice>,
    /// Whether a node may join, leave or be upgraded; `None` if it cannot be told.
    pub safe_to_change: Option<bool>,
}

/// Numbers that need every voter to have been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Voters that answer.
    pub online: usize,
    /// Voters that answer and are not known to be unable to write.
    pub effective: usize,
    /// Effective voters beyond the quorum; negative if it is lost.
    pub margin: i64,
    /// Voters that may fail at the same time.
    pub tolerable: usize,
    /// Members that may fail one after another.
    pub sequential: usize,
}

impl Verdict {
    /// Voters that must agree.
    #[must_use]
    pub fn size(&self) -> usize {
        quorum(self.voters.len())
    }

    /// Whether one more voter may fail; `None` if it cannot be told.
    #[must_use]
    pub fn ha(&self) -> Option<bool> {
        self.numbers.map(|numbers| numbers.tolerable >= 1)
    }

    /// What `microk8s status` says: more than two voters in the table, alive or not (`scripts/wrappers/status.py`).
    #[must_use]
    pub fn ha_reported(&self) -> bool {
        self.voters.len() > 2
    }

    /// Standbys that should be ready and are not.
    #[must_use]
    pub fn standby_shortage(&self) -> Option<usize> {
        let [_, online, _] = self.online?;
        let wanted = STANDBYS_WANTED.min(self.view.members.len().saturating_sub(self.voters.len()));
        Some(wanted.saturating_sub(online))
    }
}

/// The smallest majority.
#[must_use]
pub const fn quorum(voters: usize) -> usize {
    voters / 2 + 1
}

/// Judges what is known.
#[must_use]
pub fn judge(input: &Input) -> Verdict {
    let view = View::of(input);
    let standing = |member: &Member| (member.clone(), Standing::of(&member.address, &view, input));
    let voters: Vec<_> = view.of_role(Role::Voter).map(standing).collect();
    let mut verdict = Verdict {
        online: online(&view, input),
        numbers: numbers(&view, &voters, input),
        domains: domains(&voters, input),
        safe_to_change: stop::safe_to_change(&view, &voters, input),
        reason: HaReason::Unreachable,
        advice: Vec::new(),
        view,
        voters,
    };
    verdict.reason = reason::of(&verdict, input);
    verdict.advice = stop::all(&verdict, input);
    verdict
}

fn numbers(view: &View, voters: &[(Member, Standing)], input: &Input) -> Option<Numbers> {
    let asked = !voters.iter().any(|(_, standing)| *standing == Standing::Unknown(Doubt::NotAsked));
    if voters.is_empty() || !asked {
        return None;
    }
    let answers = |member: &Member| input.peer(&member.address).is_some_and(|peer| peer.up());
    let effective = voters.iter().filter(|(_, standing)| standing.is_effective()).count();
    let margin = difference(effective, quorum(voters.len()));
    let leads = view.leader.is_some();
    let tolerable = if leads { usize::try_from(margin).unwrap_or(0) } else { 0 };
    let others = view.members.iter().filter(|member| member.role != Role::Voter && answers(member)).count();
    let works = leads && margin >= 0;
    Some(Numbers {
        online: voters.iter().filter(|(member, _)| answers(member)).count(),
        effective,
        margin,
        tolerable,
        sequential: if works { one_after_another(effective + others).max(tolerable) } else { 0 },
    })
}

/// With time between the losses a standby takes each dead voter's place, until two members are left, which keep one voter
/// (go-dqlite `app/roles.go`).
fn one_after_another(members: usize) -> usize {
    if members < VOTERS_WANTED { 0 } else { members - 2 }
}

fn online(view: &View, input: &Input) -> Option<[usize; 3]> {
    let mut online = [0; 3];
    for member in &view.members {
        online[member.role as usize] += usize::from(input.peer(&member.address)?.up());
    }
    (!view.members.is_empty()).then_some(online)
}

fn domains(voters: &[(Member, Standing)], input: &Input) -> Option<Domains> {
    let effective = voters.iter().filter(|(_, standing)| standing.is_effective());
    let answers = effective.filter_map(|(member, _)| input.peer(&member.address)?.answer.as_ref().ok());
    Domains::of(answers.filter_map(|answer| answer.domain), quorum(voters.len()))
}

fn difference(one: usize, other: usize) -> i64 {
    let wide = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    wide(one) - wide(other)
}
