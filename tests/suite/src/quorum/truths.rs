//! What must be told of the states, as lists that scenes share.

use super::told::Who::{Everyone, Hit as HitOnes, Leader, Others};
use super::told::{Told, Who};

/// Three voters, and nothing is wrong.
pub(super) const THREE: &[Told] = &[
    Everyone.says("quorum_safe_to_change", &[], 1.0),
    Everyone.says("quorum_ha", &[], 1.0),
    Everyone.says("quorum_ha_reported", &[], 1.0),
    Everyone.says("quorum_ha_reason", &["reason=\"ok\""], 1.0),
    Everyone.says("quorum_voters", &[], 3.0),
    Everyone.says("quorum_voters_effective", &[], 3.0),
    Everyone.says("quorum_failures_tolerable", &[], 1.0),
    Everyone.says("quorum_view_authority", &["source=\"leader\""], 1.0),
];

pub(super) const FIVE: &[Told] = &[
    Everyone.says("quorum_safe_to_change", &[], 1.0),
    Everyone.says("quorum_ha", &[], 1.0),
    Everyone.says("quorum_members", &["role=\"voter\""], 3.0),
    Everyone.says("quorum_members", &["role=\"standby\""], 2.0),
    Everyone.says("quorum_members_online", &["role=\"standby\""], 2.0),
    Everyone.says("quorum_failures_tolerable", &[], 1.0),
    Everyone.says("quorum_failures_tolerable_sequential", &[], 3.0),
    Everyone.says("quorum_standby_shortage", &[], 0.0),
    Everyone.says("quorum_view_authority", &["source=\"leader\""], 1.0),
];

pub(super) const TWO: &[Told] = &[
    Everyone.says("quorum_safe_to_change", &[], 1.0),
    Everyone.says("quorum_ha", &[], 0.0),
    Everyone.says("quorum_ha_reported", &[], 0.0),
    Everyone.says("quorum_ha_reason", &["reason=\"too_few_members\""], 1.0),
    Everyone.says("quorum_members", &["role=\"voter\""], 1.0),
    Everyone.says("quorum_members", &["role=\"spare\""], 1.0),
    Everyone.says("quorum_leader_confirmed", &[], 1.0),
    Everyone.says("quorum_view_authority", &["source=\"leader\""], 1.0),
];

/// A voter is out and the status of MicroK8s does not see it.
pub(super) const fn one_down(who: Who) -> [Told; 8] {
    [
        who.says("quorum_ha", &[], 0.0),
        who.says("quorum_ha_reported", &[], 1.0),
        who.says("quorum_ha_reason", &["reason=\"voter_offline\""], 1.0),
        who.says("quorum_voters_effective", &[], 2.0),
        who.says("quorum_margin", &[], 0.0),
        who.says("quorum_failures_tolerable", &[], 0.0),
        who.says("quorum_leader_confirmed", &[], 1.0),
        who.says("quorum_safe_to_change", &[], 0.0),
    ]
}

pub(super) const ONE_DOWN: &[Told] = &one_down(Everyone);
pub(super) const ONE_DOWN_FOR_OTHERS: &[Told] = &one_down(Others);
pub(super) const DOWN: &[Told] = &[Everyone.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0)];

pub(super) const REPLACED: &[Told] = &[
    Others.says("quorum_ha", &[], 1.0),
    Others.says("quorum_ha_reason", &["reason=\"ok\""], 1.0),
    Others.says("quorum_voters", &[], 3.0),
    Others.says("quorum_voters_effective", &[], 3.0),
    Others.says("quorum_failures_tolerable", &[], 1.0),
    Others.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0),
];

pub(super) const DISK_FULL: &[Told] = &[
    Everyone.says("quorum_ha", &[], 0.0),
    Everyone.says("quorum_ha_reported", &[], 1.0),
    Everyone.says("quorum_ha_reason", &["reason=\"voter_lagging\""], 1.0),
    Everyone.says("quorum_peer_up", &["peer=\"{hit}\""], 1.0),
    Everyone.says("quorum_voters_online", &[], 3.0),
    Everyone.says("quorum_voters_effective", &[], 2.0),
    Everyone.says("quorum_failures_tolerable", &[], 0.0),
    HitOnes.says("quorum_store_writable", &[], 0.0),
];

/// By all that is asked it is well.
pub(super) const LIMPS: &[Told] = &[
    Everyone.is_silent("quorum_safe_to_change"),
    Everyone.says("quorum_voters_online", &[], 3.0),
    Everyone.says("quorum_leader_confirmed", &[], 1.0),
    HitOnes.says("quorum_store_writable", &[], 1.0),
];

pub(super) const LOST: &[Told] = &[
    Everyone.says("quorum_ha", &[], 0.0),
    Everyone.says("quorum_ha_reported", &[], 1.0),
    Everyone.says("quorum_ha_reason", &["reason=\"no_quorum\""], 1.0),
    Everyone.says("quorum_margin", &[], -1.0),
    Everyone.says("quorum_failures_tolerable", &[], 0.0),
    no_leader(Everyone),
];

pub(super) const MINORITY: &[Told] =
    &[HitOnes.says("quorum_ha", &[], 0.0), HitOnes.says("quorum_failures_tolerable", &[], 0.0), no_leader(HitOnes)];

pub(super) const BLOCKED: &[Told] = &[
    Leader.says("quorum_ha", &[], 0.0),
    Leader.says("quorum_ha_reason", &["reason=\"voter_offline\""], 1.0),
    Leader.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0),
    HitOnes.says("quorum_peer_up", &["peer=\"{leader}\""], 0.0),
];

pub(super) const REMOVED: &[Told] = &[
    Others.says("quorum_peer_member", &["peer=\"{hit}\""], 0.0),
    Others.says("quorum_members", &["role=\"standby\""], 1.0),
    Others.says("quorum_ha", &[], 1.0),
    HitOnes.says("quorum_identity_ok", &["check=\"in_table\""], 0.0),
];

/// dqlite has set the file aside and fetched its entries from the others.
pub(super) const CORRUPT: &[Told] = &[HitOnes.says("quorum_store_corrupt_files", &[], 1.0)];

pub(super) const GHOST: &[Told] = &[
    Everyone.says("quorum_members", &["role=\"spare\""], 1.0),
    Everyone.says("quorum_members_online", &["role=\"spare\""], 0.0),
    Everyone.says("quorum_peer_up", &["peer=\"10.77.0.9:19001\""], 0.0),
];

pub(super) const fn failure(who: Who, reason: &'static str) -> Told {
    who.counts("quorum_peer_failures_total", reason)
}

pub(super) const fn no_leader(who: Who) -> Told {
    who.says("quorum_leader_confirmed", &[], 0.0)
}
