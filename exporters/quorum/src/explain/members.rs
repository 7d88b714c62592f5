//! Each member, and each node that runs without being one.

use std::fmt::Write as _;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::words::bytes;

use super::words::milliseconds;
use crate::model::Peer;
use crate::model::view::Comparison;
use crate::parse::wire::Role;
use crate::role::{Shared, lock};
use crate::seen::Judged;

/// A block for each.
pub(super) fn all(shared: &Shared, judged: &Judged, now: Timestamp, out: &mut String) {
    let view = &judged.verdict.view;
    if view.members.is_empty() {
        return;
    }
    out.push_str("\nMembers\n");
    for member in &view.members {
        let node = judged.input.names.of(&member.address);
        let _ = writeln!(out, "  {node}  {}  {}, id {}", member.address, member.role.word(), member.id);
        answer(shared, judged, &member.address, now, out);
        disk(judged, &member.address, out);
        ghost(member.role, judged, &member.address, out);
    }
    let strangers = judged.input.peers.iter().filter(|peer| view.compare(peer) == Some(Comparison::NoMember));
    for peer in strangers {
        let node = judged.input.names.of(&peer.address);
        let _ = writeln!(out, "  {node}  {}  runs and is no member: removed, or never let in", peer.address);
    }
    for (voter, standing) in &judged.verdict.voters {
        let node = judged.input.names.of(&voter.address);
        if let Some(told) = standing.told(node, &judged.input.names) {
            let _ = writeln!(out, "  Note: {told}.");
        }
    }
}

fn answer(shared: &Shared, judged: &Judged, address: &str, now: Timestamp, out: &mut String) {
    let seen = lock(&shared.seen);
    let report = seen.wire.iter().flat_map(|look| &look.what).find(|report| report.address == address);
    let Some(report) = report else {
        out.push_str("      not asked\n");
        return;
    };
    let age = now.since(report.at).as_secs();
    match &report.outcome {
        Ok(view) => {
            let names = view.leader.as_ref().map_or_else(
                || "names no leader".to_owned(),
                |leader| format!("names {} as the leader", judged.input.names.of(&leader.address)),
            );
            let _ = writeln!(out, "      answers in {}, {names}, asked {age} s ago", milliseconds(view.quickest));
        }
        Err(trouble) => drop(writeln!(out, "      failed to {trouble}, tried {age} s ago")),
    }
    if let Some(peer) = judged.input.peer(address) {
        table(judged, peer, out);
    }
}

fn table(judged: &Judged, peer: &Peer, out: &mut String) {
    match judged.verdict.view.compare(peer) {
        Some(Comparison::Differs) => out.push_str("      keeps another table of members than the one above\n"),
        Some(Comparison::Stale) => out.push_str("      keeps an old table, as a spare does\n"),
        Some(Comparison::Same | Comparison::NoMember) | None => {}
    }
}

fn disk(judged: &Judged, address: &str, out: &mut String) {
    let Some(disk) = judged.input.disks.get(address) else {
        out.push_str("      its disk is not seen from here\n");
        return;
    };
    let lag = match judged.input.lag(address) {
        Some(0) => ", level with the furthest".to_owned(),
        Some(lag) => format!(", {lag} entries behind the furthest"),
        None => String::new(),
    };
    let silent = judged.input.peer(address).is_some_and(|peer| !peer.up());
    let can = match disk.is_stuck() {
        _ if silent && disk.open_segments == 0 => "does not write, as dqlite does not run",
        true => "CANNOT write",
        false if disk.open_segments == 0 => "has written nothing since it was started",
        false => "can write",
    };
    let free = disk.free_bytes.map_or_else(|| "unknown".to_owned(), bytes);
    let _ = writeln!(
        out,
        "      {can}: {} open segments, {free} free; log at {}{lag}",
        disk.open_segments, disk.last_index
    );
}

/// Added to the table and never there.
fn ghost(role: Role, judged: &Judged, address: &str, out: &mut String) {
    let silent = judged.input.peer(address).is_some_and(|peer| !peer.up());
    if role == Role::Spare && silent {
        out.push_str("      a spare that does not answer: gone for good, or never started. It helps nobody\n");
    }
}
