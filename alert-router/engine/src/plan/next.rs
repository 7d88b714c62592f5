//! The most important thing a target should be told now.

use super::compose::{Candidate, compose};
use super::want::{Class, want};
use super::{Digest, Kind, Next, retry};
use crate::names::TargetName;
use crate::policy::{Policy, Severity};
use crate::state::{Lane, State};
use crate::time::Timestamp;

/// What `target` should be told at `now`: critical first, then warnings, then what is over, then infos and edits.
pub(crate) fn next(state: &State, policy: &Policy, target: &TargetName, now: Timestamp) -> Next {
    let Some(lane) = state.lane(target).filter(|lane| lane.stopped.is_none() && lane.in_flight.is_none()) else {
        return Next::Idle;
    };
    let wanted: Vec<Candidate<'_>> = candidates(state, policy, target, lane);
    let Some(soonest) = wanted.iter().map(|candidate| sane(candidate.want.ready, now)).min() else { return Next::Idle };
    let gate = sane(lane.not_before, now).max(soonest);
    if gate > now {
        return Next::WaitUntil(gate);
    }
    let (kind, chosen) = choose(wanted, lane, policy, now);
    compose(kind, chosen, lane, policy, target, now).map_or(Next::Idle, |send| Next::Send(Box::new(send)))
}

pub(crate) fn candidates<'a>(
    state: &'a State,
    policy: &Policy,
    target: &TargetName,
    lane: &Lane,
) -> Vec<Candidate<'a>> {
    let groups = state.groups.iter();
    groups
        .filter_map(|(id, group)| want(group, target, policy, lane).map(|want| Candidate { id, group, want }))
        .collect()
}

/// A time further away than any schedule waits was set by a clock that has since gone back: it is now.
fn sane(at: Timestamp, now: Timestamp) -> Timestamp {
    if at.since(now) > retry::LONGEST { now } else { at }
}

/// One thing, or several of a kind in one message when there are too many. `wanted` holds at least one that is ready.
fn choose<'a>(wanted: Vec<Candidate<'a>>, lane: &Lane, policy: &Policy, now: Timestamp) -> (Kind, Vec<Candidate<'a>>) {
    let is_ready = |candidate: &Candidate<'_>| sane(candidate.want.ready, now) <= now;
    let Some(class) = wanted.iter().filter(|candidate| is_ready(candidate)).map(Candidate::class).min() else {
        return (Kind::Edit, Vec::new());
    };
    let (infos, others): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|candidate| candidate.want.kind == Kind::Digest(Digest::Infos));
    let info_ready = infos.iter().any(is_ready);
    let mut ready: Vec<_> = others.into_iter().filter(is_ready).collect();
    ready.sort_by_key(|candidate| (candidate.want.since, candidate.id));
    if class == Class::Quiet && info_ready {
        return (Kind::Digest(Digest::Infos), infos);
    }
    if let Some(digest) = too_many(&ready, class, lane, policy) {
        ready.retain(|candidate| joins(candidate, digest));
        return (Kind::Digest(digest), ready);
    }
    ready.retain(|candidate| candidate.class() == class);
    let place = turn(&ready, lane);
    let one = (!ready.is_empty()).then(|| ready.swap_remove(place));
    (one.as_ref().map_or(Kind::Edit, |one| one.want.kind), one.into_iter().collect())
}

/// Whether what is ready in a class is better told in one message.
fn too_many(ready: &[Candidate<'_>], class: Class, lane: &Lane, policy: &Policy) -> Option<Digest> {
    let count = |digest: Digest| {
        ready.iter().filter(|candidate| candidate.class() == class && joins(candidate, digest)).count()
    };
    let digest = match class {
        Class::Critical | Class::Warning => Digest::Storm,
        Class::Over => Digest::Overs,
        Class::Quiet => Digest::Changes,
    };
    if count(digest) > policy.storm {
        return Some(digest);
    }
    let already_wrong =
        |candidate: &&Candidate<'_>| joins(candidate, Digest::FirstStart) && candidate.began_before(lane);
    (class == Class::Warning && ready.iter().filter(already_wrong).count() > 1).then_some(Digest::FirstStart)
}

/// Whether something may be told in a digest of this kind.
fn joins(candidate: &Candidate<'_>, digest: Digest) -> bool {
    let kind = candidate.want.kind;
    let fits = match digest {
        Digest::Storm => kind == Kind::Fire,
        Digest::FirstStart => kind == Kind::Fire && candidate.want.severity < Severity::Critical,
        Digest::Overs => matches!(kind, Kind::Over | Kind::ToldLate),
        Digest::Changes => kind == Kind::Card,
        Digest::Infos => kind == Kind::Digest(Digest::Infos),
    };
    fits && !candidate.single()
}

/// The place of the one whose turn it is: what is new and what failed before alternate, so that neither starves.
fn turn(ready: &[Candidate<'_>], lane: &Lane) -> usize {
    let wanted = !lane.backlog_had_its_turn;
    ready.iter().position(|candidate| candidate.failed_before() == wanted).unwrap_or(0)
}
