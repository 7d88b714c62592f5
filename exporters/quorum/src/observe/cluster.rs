//! The cluster as a whole: the numbers, the members, who leads, what may be stopped.

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use super::{DQLITE, SERIES_LIMIT};
use crate::families as f;
use crate::model::Verdict;
use crate::parse::wire::Role;
use crate::seen::Judged;
use crate::words::Authority;

/// The samples of a judgement.
pub(crate) fn samples(judged: &Judged, cluster: &str) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    let verdict = &judged.verdict;
    out.push_states(&f::HA_REASON, [cluster, DQLITE, ""], verdict.reason.word());
    out.push_states(&f::VIEW_AUTHORITY, [cluster, DQLITE, ""], verdict.view.authority.word());
    if verdict.view.authority != Authority::None {
        table(verdict, cluster, &mut out);
        members(judged, cluster, &mut out);
    }
    numbers(verdict, cluster, &mut out);
    domains(verdict, cluster, &mut out);
    leader(judged, cluster, &mut out);
    advice(verdict, cluster, &mut out);
    out.finish()
}

/// What the table alone says.
fn table(verdict: &Verdict, cluster: &str, out: &mut SnapshotBuilder) {
    let labels = [cluster, DQLITE];
    out.push(&f::HA_REPORTED, labels, verdict.ha_reported());
    out.push(&f::VOTERS, labels, verdict.voters.len() as u64);
    out.push(&f::SIZE, labels, verdict.size() as u64);
    for role in Role::ALL {
        out.push(&f::MEMBERS, [cluster, DQLITE, role.word()], verdict.view.of_role(role).count() as u64);
        let online = verdict.online.map(|online| online[role as usize] as u64);
        out.push_some(&f::MEMBERS_ONLINE, [cluster, DQLITE, role.word()], online);
    }
    out.push_some(&f::STANDBY_SHORTAGE, labels, verdict.standby_shortage().map(|count| count as u64));
}

fn members(judged: &Judged, cluster: &str, out: &mut SnapshotBuilder) {
    for member in &judged.verdict.view.members {
        let node = judged.input.names.of(&member.address);
        let labels = [cluster, DQLITE, &member.id.to_string(), &member.address, node, member.role.word()];
        out.push(&f::MEMBER_INFO, labels, 1_u64);
    }
}

/// What needs every voter to have been asked.
fn numbers(verdict: &Verdict, cluster: &str, out: &mut SnapshotBuilder) {
    let labels = [cluster, DQLITE];
    let Some(numbers) = verdict.numbers else { return };
    out.push_some(&f::HA, labels, verdict.ha());
    out.push(&f::VOTERS_ONLINE, labels, numbers.online as u64);
    out.push(&f::VOTERS_EFFECTIVE, labels, numbers.effective as u64);
    out.push(&f::MARGIN, labels, numbers.margin);
    out.push(&f::FAILURES_TOLERABLE, labels, numbers.tolerable as u64);
    out.push(&f::FAILURES_TOLERABLE_SEQUENTIAL, labels, numbers.sequential as u64);
}

fn domains(verdict: &Verdict, cluster: &str, out: &mut SnapshotBuilder) {
    let labels = [cluster, DQLITE];
    if let Some(domains) = verdict.domains {
        out.push(&f::FAILURE_DOMAINS, labels, domains.count as u64);
        out.push_some(&f::DOMAIN_LOSS_TOLERABLE, labels, domains.loss_tolerable);
    }
}

/// Who leads. Without anybody to ask nothing is said: that nobody leads is a finding, not a gap.
fn leader(judged: &Judged, cluster: &str, out: &mut SnapshotBuilder) {
    let labels = [cluster, DQLITE];
    let view = &judged.verdict.view;
    out.push(&f::LEADER_CHANGES, labels, judged.changes);
    out.push(&f::LEADERLESS_SECONDS, labels, judged.leaderless.as_secs_f64());
    out.push_some(&f::LEADER_SINCE, labels, judged.leader_since.map(|since| since.unix_seconds()));
    if judged.input.peers.is_empty() {
        return;
    }
    out.push(&f::LEADER_CONFIRMED, labels, view.leader.is_some());
    out.push(&f::LEADERS_CLAIMED, labels, view.claimed.len() as u64);
    out.push(&f::LEADERS_NAMED, labels, view.named.len() as u64);
    if let Some(leader) = &view.leader {
        let node = judged.input.names.of(&leader.address);
        out.push(&f::LEADER_INFO, [cluster, DQLITE, &leader.id.to_string(), &leader.address, node], 1_u64);
    }
}

fn advice(verdict: &Verdict, cluster: &str, out: &mut SnapshotBuilder) {
    for advice in &verdict.advice {
        let member = advice.member.id.to_string();
        out.push_some(&f::SAFE_TO_STOP, [cluster, DQLITE, &advice.node, &member], advice.say.value());
    }
    out.push_some(&f::SAFE_TO_CHANGE, [cluster, DQLITE], verdict.safe_to_change);
}
