//! The table of states: what is done, and what the exporter must tell of it. Read it as the specification of the scenes.

use gjallarhorn_rig::dqlite::Cluster;

use super::acts::{self, Hit};
use super::told::Who::{Everyone, Hit as HitOnes, Leader, Others};
use super::told::{Told, Who};

/// One state of a cluster.
#[derive(Clone, Copy)]
pub struct Scene {
    /// What it is called in the results.
    pub name: &'static str,
    /// Nodes of the cluster.
    pub size: u8,
    /// Whether `make test` plays it; all are played by `make prove`.
    pub short: bool,
    /// What is done to the healthy cluster.
    pub act: fn(&mut Cluster) -> anyhow::Result<Hit>,
    /// What must be told once it has been seen.
    pub told: &'static [&'static [Told]],
    /// What is done once that has been told.
    pub then: Option<Then>,
    /// Alerts of the essential rules that must be waiting or firing then.
    pub alerts: &'static [&'static str],
    /// Whether the cluster still commits in this state.
    pub commits: bool,
    /// Why "cannot tell" is an honest answer to whether a node may be stopped; empty if it is not.
    pub vague: &'static str,
    /// A voter is there and no help: nobody may promise the stop of another, and once it was started anew everybody must promise
    /// every stop.
    pub limps: bool,
}

/// What follows in a state that goes on.
#[derive(Clone, Copy)]
pub struct Then {
    /// What is done to the nodes that were hit.
    pub act: fn(&mut Cluster, &[u8]) -> anyhow::Result<()>,
    /// What must be told then.
    pub told: &'static [&'static [Told]],
}

/// All of them, the ones of `make test` first.
pub const SCENES: &[Scene] = &[
    Scene { name: "healthy, three", size: 3, short: true, act: acts::nothing, told: &[THREE], ..PLAIN },
    Scene {
        name: "leader crashed",
        size: 3,
        short: true,
        act: acts::leader_crashes,
        told: &[ONE_DOWN, DOWN, &[failure(Everyone, "refused")]],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterDown"],
        ..PLAIN
    },
    Scene {
        name: "voter with a full disk, healthy on the wire",
        size: 3,
        short: true,
        act: acts::disk_fills,
        told: &[DISK_FULL],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterLagging"],
        ..PLAIN
    },
    Scene {
        name: "quorum lost",
        size: 3,
        short: true,
        act: acts::two_of_three_crash,
        told: &[LOST],
        alerts: &["QuorumLost"],
        commits: false,
        ..PLAIN
    },
    Scene {
        name: "two nodes, and the spare's view",
        size: 2,
        act: acts::nothing,
        told: &[TWO],
        alerts: &["HaNotEnabled"],
        ..PLAIN
    },
    Scene { name: "healthy, five, and the standbys' view", size: 5, act: acts::nothing, told: &[FIVE], ..PLAIN },
    Scene {
        name: "leader frozen",
        size: 3,
        act: acts::leader_freezes,
        told: &[ONE_DOWN, DOWN, &[failure(Everyone, "timeout")]],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterDown"],
        ..PLAIN
    },
    Scene {
        name: "leader cut off",
        size: 3,
        act: acts::leader_is_cut_off,
        told: &[ONE_DOWN_FOR_OTHERS, MINORITY],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterDown"],
        vague: ASIDE,
        ..PLAIN
    },
    Scene {
        name: "voter down, nobody to promote",
        size: 3,
        short: true,
        act: acts::voter_crashes,
        told: &[ONE_DOWN, DOWN],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterDown"],
        ..PLAIN
    },
    Scene {
        name: "voter down, a standby promoted",
        size: 5,
        act: acts::voter_is_replaced,
        told: &[REPLACED, DOWN],
        ..PLAIN
    },
    Scene {
        name: "minority side of five",
        size: 5,
        act: acts::cluster_splits,
        told: &[REPLACED, MINORITY],
        vague: ASIDE,
        ..PLAIN
    },
    Scene {
        name: "one way blocked, follower to leader",
        size: 3,
        act: acts::one_way_is_blocked,
        told: &[BLOCKED],
        vague: "the broken way is seen by its two ends only, and a third node has nothing but their word",
        ..PLAIN
    },
    Scene {
        name: "removed member still running",
        size: 5,
        act: acts::member_is_removed,
        told: &[REMOVED],
        vague: "a command that looks anew meets no former member, only the service has seen it",
        ..PLAIN
    },
    Scene { name: "ghost in the table", size: 3, act: acts::ghost_is_added, told: &[THREE, GHOST], ..PLAIN },
    Scene { name: "corrupt segment", size: 3, act: acts::segment_rots, told: &[THREE, CORRUPT], ..PLAIN },
    Scene {
        name: "foreign certificate",
        size: 3,
        act: acts::certificate_is_foreign,
        told: &[ONE_DOWN_FOR_OTHERS, &[failure(Others, "tls_untrusted"), no_leader(HitOnes)]],
        alerts: &["QuorumNoTolerance", "HaStatusLies", "VoterDown"],
        vague: ASIDE,
        ..PLAIN
    },
    Scene {
        name: "full disk gets room, and a start",
        size: 3,
        act: acts::disk_gets_room_and_a_start,
        told: &[THREE],
        ..PLAIN
    },
    Scene {
        name: "full disk gets room, and no start",
        act: acts::disk_fills,
        told: &[DISK_FULL],
        then: Some(Then { act: acts::disk_gets_room, told: &[LIMPS] }),
        vague: "a voter that was full limps until it is started, and by how much is not known",
        limps: true,
        ..PLAIN
    },
    Scene { name: "rejoin after absence", size: 3, act: acts::voter_comes_back, told: &[THREE], ..PLAIN },
];

const PLAIN: Scene = Scene {
    name: "",
    size: 3,
    short: false,
    act: acts::nothing,
    told: &[],
    then: None,
    alerts: &[],
    commits: true,
    vague: "",
    limps: false,
};

const ASIDE: &str = "who is cut off knows that it is, and not how the others are";

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

const FIVE: &[Told] = &[
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

const TWO: &[Told] = &[
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
const fn one_down(who: Who) -> [Told; 8] {
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

const ONE_DOWN: &[Told] = &one_down(Everyone);
const ONE_DOWN_FOR_OTHERS: &[Told] = &one_down(Others);
const DOWN: &[Told] = &[Everyone.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0)];

const REPLACED: &[Told] = &[
    Others.says("quorum_ha", &[], 1.0),
    Others.says("quorum_ha_reason", &["reason=\"ok\""], 1.0),
    Others.says("quorum_voters", &[], 3.0),
    Others.says("quorum_voters_effective", &[], 3.0),
    Others.says("quorum_failures_tolerable", &[], 1.0),
    Others.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0),
];

const DISK_FULL: &[Told] = &[
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
const LIMPS: &[Told] = &[
    Everyone.is_silent("quorum_safe_to_change"),
    Everyone.says("quorum_voters_online", &[], 3.0),
    Everyone.says("quorum_leader_confirmed", &[], 1.0),
    HitOnes.says("quorum_store_writable", &[], 1.0),
];

const LOST: &[Told] = &[
    Everyone.says("quorum_ha", &[], 0.0),
    Everyone.says("quorum_ha_reported", &[], 1.0),
    Everyone.says("quorum_ha_reason", &["reason=\"no_quorum\""], 1.0),
    Everyone.says("quorum_margin", &[], -1.0),
    Everyone.says("quorum_failures_tolerable", &[], 0.0),
    no_leader(Everyone),
];

const MINORITY: &[Told] =
    &[HitOnes.says("quorum_ha", &[], 0.0), HitOnes.says("quorum_failures_tolerable", &[], 0.0), no_leader(HitOnes)];

const BLOCKED: &[Told] = &[
    Leader.says("quorum_ha", &[], 0.0),
    Leader.says("quorum_ha_reason", &["reason=\"voter_offline\""], 1.0),
    Leader.says("quorum_peer_up", &["peer=\"{hit}\""], 0.0),
    HitOnes.says("quorum_peer_up", &["peer=\"{leader}\""], 0.0),
];

const REMOVED: &[Told] = &[
    Others.says("quorum_peer_member", &["peer=\"{hit}\""], 0.0),
    Others.says("quorum_members", &["role=\"standby\""], 1.0),
    Others.says("quorum_ha", &[], 1.0),
    HitOnes.says("quorum_identity_ok", &["check=\"in_table\""], 0.0),
];

/// dqlite has set the file aside and fetched its entries from the others.
const CORRUPT: &[Told] = &[HitOnes.says("quorum_store_corrupt_files", &[], 1.0)];

const GHOST: &[Told] = &[
    Everyone.says("quorum_members", &["role=\"spare\""], 1.0),
    Everyone.says("quorum_members_online", &["role=\"spare\""], 0.0),
    Everyone.says("quorum_peer_up", &["peer=\"10.77.0.9:19001\""], 0.0),
];

const fn failure(who: Who, reason: &'static str) -> Told {
    who.counts("quorum_peer_failures_total", reason)
}

const fn no_leader(who: Who) -> Told {
    who.says("quorum_leader_confirmed", &[], 0.0)
}
