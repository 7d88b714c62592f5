//! The sentences.

use super::{Case, Say};
use crate::model::input::{Input, Member};
use crate::model::standing::Standing;
use crate::model::ties;
use crate::model::verdict::Verdict;
use crate::parse::wire::Role;
use crate::words::Authority;

/// What makes the disks of the others visible.
const ASK_THEM: &str = "; name the other nodes' exporters under `quorum: exporters:`";

/// The answer and its reason, one sentence with a full stop.
pub(super) fn sentence(case: Case, member: &Member, verdict: &Verdict, input: &Input) -> String {
    let node = input.names.of(&member.address);
    let said = match case.say() {
        Say::Yes => format!("Yes, {node} may be stopped"),
        Say::No => format!("No, do not stop {node}"),
        Say::CannotTell => format!("Cannot tell whether {node} may be stopped"),
    };
    format!("{said}: {}.", because(case, member, verdict, input))
}

fn because(case: Case, member: &Member, verdict: &Verdict, input: &Input) -> String {
    let (size, all) = (verdict.size(), verdict.voters.len());
    match case {
        Case::NoWitness => no_witness(verdict),
        Case::CutOff(seen) => format!(
            "voters seen from here: {seen} of {all}, needed: {size}, so the quorum is lost or this node is cut off{}; stop \
             nothing",
            faults(verdict, input)
        ),
        Case::Lost => format!("the quorum is lost already, voters needed: {size} of {all}{}", faults(verdict, input)),
        Case::Needed(_) if all == 1 => "it is the only voter".to_owned(),
        Case::Needed(left) => {
            format!("voters left without it: {left} of {all}, needed: {size}{}", faults(verdict, input))
        }
        Case::Leaderless => format!("nobody leads now, so nothing can be written{}", faults(verdict, input)),
        Case::LeaderUnseen => format!("nobody is seen to lead from here{}", doubts(member, verdict, input)),
        Case::Spared(left) => spared(member, left, verdict),
        Case::Unproven => {
            format!("too little is known of the voters that would remain{}", doubts(member, verdict, input))
        }
    }
}

fn no_witness(verdict: &Verdict) -> String {
    match verdict.view.authority {
        Authority::File => "no voter answers from here, and cluster.yaml only says who was a member once".to_owned(),
        _ => "no voter answers from here, so who is a member is not known".to_owned(),
    }
}

fn spared(member: &Member, left: usize, verdict: &Verdict) -> String {
    let (size, all) = (verdict.size(), verdict.voters.len());
    let enough = format!("voters that surely write without it: {left} of {all}, needed: {size}");
    match verdict.view.member(&member.address).map(|member| member.role) {
        None => format!("it is no member; {enough}"),
        Some(Role::Voter) => enough,
        Some(role) => format!("it is a {} and does not vote; {enough}", role.word()),
    }
}

/// ` (pi-2 does not answer: timeout; …)`, or nothing.
fn faults(verdict: &Verdict, input: &Input) -> String {
    let out = verdict.voters.iter().filter(|(_, standing)| !standing.is_possible());
    let words = out.filter_map(|(voter, standing)| standing.told(input.names.of(&voter.address), &input.names));
    in_brackets(&words.collect::<Vec<_>>())
}

/// What is not known of the voters that would remain, and what would make it known.
fn doubts(member: &Member, verdict: &Verdict, input: &Input) -> String {
    let names = &input.names;
    let others: Vec<_> = verdict.voters.iter().filter(|(voter, _)| voter.address != member.address).collect();
    let told = others.iter().filter_map(|(voter, standing)| standing.told(names.of(&voter.address), names));
    let mut words: Vec<String> = told.collect();
    let answering = others.iter().filter(|(_, standing)| standing.is_effective());
    let addresses: Vec<&str> = answering.map(|(voter, _)| voter.address.as_str()).collect();
    let broken = ties::broken(&addresses, input);
    words.extend(broken.iter().map(|(one, other)| format!("{} does not answer {}", names.of(other), names.of(one))));
    let unseen = |standing: &Standing| matches!(standing, Standing::Assumed(doubt) if doubt.is_of_disks());
    let dark = input.sights.is_empty() && others.iter().any(|(_, standing)| unseen(standing));
    let hint = if dark { ASK_THEM } else { "" };
    format!("{}{hint}", in_brackets(&words))
}

fn in_brackets(words: &[String]) -> String {
    if words.is_empty() { String::new() } else { format!(" ({})", words.join("; ")) }
}
