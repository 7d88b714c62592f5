//! What the role sees, in words for a person at night: does it survive one more failure, why not, and what may be stopped.

mod members;
mod sources;
mod words;

use std::fmt::Write as _;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::words::ago;

use crate::model::Verdict;
use crate::role::Shared;
use crate::seen::Judged;
use crate::words::{Authority, HaReason};
use words::yes_no;

/// The whole text.
pub(crate) fn text(shared: &Shared, now: Timestamp) -> String {
    let mut out = String::new();
    match shared.judged() {
        Some(judged) => {
            cluster(&judged, &shared.config.cluster, now, &mut out);
            members::all(shared, &judged, now, &mut out);
            advice(&judged.verdict, &mut out);
        }
        None => out.push_str("Nothing has been looked at yet.\n"),
    }
    sources::all(shared, now, &mut out);
    out
}

fn cluster(judged: &Judged, name: &str, now: Timestamp, out: &mut String) {
    let verdict = &judged.verdict;
    let own = judged.input.own.address.as_deref();
    let own = own.map_or_else(String::new, |address| format!(", seen from {}", judged.input.names.of(address)));
    let _ = writeln!(out, "Cluster {name}{own}.");
    let _ = writeln!(out, "Survives one more failure: {}. {}.", yes_no(verdict.ha()), reason(verdict.reason));
    let reported = (verdict.view.authority != Authority::None).then_some(verdict.ha_reported());
    let _ = writeln!(out, "`microk8s status` says high-availability: {}.", yes_no(reported));
    let (size, all) = (verdict.size(), verdict.voters.len());
    match verdict.numbers {
        Some(numbers) => {
            let _ = writeln!(
                out,
                "Voters: {all}; answering: {}, counting: {}, needed: {size}, margin: {}.\n\
                 May fail now: {}; one after another: {}.",
                numbers.online, numbers.effective, numbers.margin, numbers.tolerable, numbers.sequential
            );
        }
        None if reported.is_none() => out.push_str("Voters: not known.\n"),
        None => drop(writeln!(out, "Voters: {all} by the table; how many of them answer is not known.")),
    }
    leader(judged, now, out);
    let _ = writeln!(out, "The table of members is {}.", witness(verdict.view.authority));
}

fn leader(judged: &Judged, now: Timestamp, out: &mut String) {
    let view = &judged.verdict.view;
    let names = &judged.input.names;
    match &view.leader {
        Some(leader) => {
            let since =
                judged.leader_since.map_or_else(String::new, |since| format!(", seen since {}", ago(now.since(since))));
            let _ = writeln!(out, "Leader: {} ({}), by its own word{since}.", names.of(&leader.address), leader.id);
        }
        None if judged.input.peers.is_empty() => out.push_str("Leader: not known, nobody could be asked.\n"),
        None => {
            out.push_str("Leader: none. A leader that others name and that does not say so itself does not count.\n")
        }
    }
    if view.claimed.len() > 1 {
        let claimed: Vec<&str> = view.claimed.iter().map(|address| names.of(address)).collect();
        let _ = writeln!(out, "Each of these says that it leads: {}.", claimed.join(", "));
    }
    let _ = writeln!(
        out,
        "Since the start of this exporter: {} elections, {:.0} s without a leader.",
        judged.changes,
        judged.leaderless.as_secs_f64()
    );
}

fn witness(authority: Authority) -> &'static str {
    match authority {
        Authority::Leader => "the leader's",
        Authority::Voter => "a voter's, since no leader is confirmed",
        Authority::Standby => "a standby's, since no voter answers",
        Authority::File => "that of cluster.yaml, which may be old: nobody who is sent the log answers",
        Authority::None => "not known",
    }
}

/// The reason as a sentence without its stop.
fn reason(reason: HaReason) -> &'static str {
    match reason {
        HaReason::Ok => "Enough voters count and a leader is confirmed",
        HaReason::Worker => "This node is a worker and knows nothing of the store",
        HaReason::Stopped => "MicroK8s is stopped on this node",
        HaReason::LowMemoryGuard => "MicroK8s left the store off here, since the node has little memory",
        HaReason::AddonDisabled => "The addon ha-cluster is off: `microk8s enable ha-cluster`",
        HaReason::Unreachable => "No member could be asked, so nothing is known",
        HaReason::NoQuorum => "Fewer voters count than are needed: nothing can be written. Restart nothing",
        HaReason::NoLeader => "Enough voters, and none of them leads",
        HaReason::TooFewMembers => "Fewer than three members: add one",
        HaReason::VotersNotPromoted => {
            "Three members or more and fewer than three voters: a promotion does not succeed"
        }
        HaReason::VoterOffline => "A voter does not answer. Restart nothing else",
        HaReason::VoterLagging => "A voter answers and cannot write, or is far behind. Look at its disk",
    }
}

fn advice(verdict: &Verdict, out: &mut String) {
    out.push_str("\nMay a node be stopped?\n");
    for advice in &verdict.advice {
        let _ = writeln!(out, "  {}", advice.sentence);
    }
    if verdict.advice.is_empty() {
        out.push_str("  Cannot tell: nobody is known to be a member.\n");
    }
    let change = match verdict.safe_to_change {
        Some(true) => "yes",
        Some(false) => "no",
        None => "cannot tell",
    };
    let _ = writeln!(out, "May a node join, leave or be upgraded? {change}.");
}
