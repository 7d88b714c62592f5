//! Each peer by itself: whether it answers, how fast, what it believes.

use gjallarhorn_metrics::{Snapshot, SnapshotBuilder};

use super::{DQLITE, SERIES_LIMIT};
use crate::families as f;
use crate::model::view::Comparison;
use crate::model::{Answer, Peer};
use crate::seen::{Judged, Seen};
use crate::source::peer::{PeerFailure, Report};

/// The samples of the last round.
pub(crate) fn samples(seen: &Seen, judged: &Judged, cluster: &str) -> Snapshot {
    let mut out = Snapshot::builder(SERIES_LIMIT);
    let reports = seen.wire.iter().flat_map(|look| &look.what);
    for peer in &judged.input.peers {
        let labels = [cluster, DQLITE, &peer.address, judged.input.names.of(&peer.address)];
        out.push(&f::PEER_UP, labels, peer.up());
        standing(peer, judged, labels, &mut out);
        if let Ok(answer) = &peer.answer {
            said(answer, labels, &mut out);
        }
        out.push_some(&f::RAFT_LAG, labels, judged.input.lag(&peer.address));
    }
    for report in reports {
        let node = judged.input.names.of(&report.address);
        times(report, seen, [cluster, DQLITE, &report.address, node], &mut out);
    }
    out.finish()
}

/// How it stands to the table that is believed.
fn standing(peer: &Peer, judged: &Judged, labels: [&str; 4], out: &mut SnapshotBuilder) {
    let view = &judged.verdict.view;
    let member = view.member(&peer.address).is_some();
    // A node that left and was switched off is nobody's concern.
    if view.is_vouched() && (member || peer.up()) {
        out.push(&f::PEER_MEMBER, labels, member);
    }
    match view.compare(peer) {
        Some(Comparison::Differs) => out.push(&f::PEER_TABLE_DIFFERS, labels, true),
        Some(Comparison::Stale) => out.push(&f::PEER_TABLE_STALE, labels, true),
        Some(Comparison::Same) => out.push(&f::PEER_TABLE_DIFFERS, labels, false),
        Some(Comparison::NoMember) | None => {}
    }
}

fn said(answer: &Answer, [cluster, backend, peer, node]: [&str; 4], out: &mut SnapshotBuilder) {
    if let Some(leader) = &answer.leader {
        out.push(&f::PEER_NAMES_LEADER, [cluster, backend, peer, node, &leader.id.to_string()], 1_u64);
    }
    out.push_some(&f::PEER_FAILURE_DOMAIN, [cluster, backend, peer, node], answer.domain);
}

fn times(report: &Report, seen: &Seen, labels: [&str; 4], out: &mut SnapshotBuilder) {
    let [cluster, backend, peer, node] = labels;
    for reason in PeerFailure::ALL {
        let failures = report.counts.failures[reason as usize];
        out.push(&f::PEER_FAILURES, [cluster, backend, peer, node, reason.word()], failures);
    }
    let quickest = report.outcome.as_ref().ok().map(|view| view.quickest.as_secs_f64());
    out.push_some(&f::PEER_RTT, labels, quickest);
    out.push_some(&f::PEER_RTT_MAX, labels, seen.slowest.of(peer).map(|took| took.as_secs_f64()));
    if let Some(took) = seen.connecting.get(peer) {
        for (phase, took) in [("resolve", took.resolve), ("connect", took.connect), ("tls", took.tls)] {
            out.push(&f::PEER_CONNECT, [cluster, backend, peer, node, phase], took.as_secs_f64());
        }
    }
}
