//! Why one more failure is not survived: the first thing in the way.

use super::input::Input;
use super::standing::{Fault, Standing};
use super::verdict::{VOTERS_WANTED, Verdict};
use crate::parse::files::Lock;
use crate::words::HaReason;

/// The reason. What this node's own files say comes first, since it is what a person can mend at once; then what nobody
/// can work around (no quorum, no leader); then what keeps a working cluster from surviving one more loss.
#[must_use]
pub fn of(verdict: &Verdict, input: &Input) -> HaReason {
    if verdict.ha() == Some(true) {
        return HaReason::Ok;
    }
    local(input).or_else(|| lost(verdict, input)).unwrap_or_else(|| short(verdict))
}

fn local(input: &Input) -> Option<HaReason> {
    let own = &input.own;
    if own.has(Lock::Clustered) {
        return Some(HaReason::Worker);
    }
    if own.has(Lock::Stopped) {
        return Some(HaReason::Stopped);
    }
    if own.has(Lock::LowMemory) {
        return Some(HaReason::LowMemoryGuard);
    }
    let off = own.locks.as_ref().is_some_and(|locks| !locks.contains(&Lock::HaCluster));
    (off || own.has(Lock::NoDqlite)).then_some(HaReason::AddonDisabled)
}

fn lost(verdict: &Verdict, input: &Input) -> Option<HaReason> {
    let Some(numbers) = verdict.numbers.filter(|_| input.peers.iter().any(|peer| peer.up())) else {
        return Some(HaReason::Unreachable);
    };
    if numbers.margin < 0 {
        return Some(HaReason::NoQuorum);
    }
    verdict.view.leader.is_none().then_some(HaReason::NoLeader)
}

/// Too few to lose one.
fn short(verdict: &Verdict) -> HaReason {
    if verdict.view.members.len() < VOTERS_WANTED {
        return HaReason::TooFewMembers;
    }
    if verdict.voters.len() < VOTERS_WANTED {
        return HaReason::VotersNotPromoted;
    }
    let cannot_write = |standing: &Standing| matches!(standing, Standing::Out(Fault::CannotWrite | Fault::Behind(_)));
    let silent = verdict.voters.iter().any(|(_, standing)| !standing.is_effective() && !cannot_write(standing));
    if silent { HaReason::VoterOffline } else { HaReason::VoterLagging }
}
