//! The table of states: what is done, and what the exporter must tell of it. Read it as the specification of the scenes.

use gjallarhorn_rig::dqlite::Cluster;

use super::acts::{self, Hit};
use super::told::Told;
use super::told::Who::{Everyone, Hit as HitOnes, Others};
use super::truths::{
    BLOCKED, CORRUPT, DISK_FULL, DOWN, FIVE, GHOST, LIMPS, LOST, MINORITY, ONE_DOWN, ONE_DOWN_FOR_OTHERS, REMOVED,
    REPLACED, THREE, TWO, failure, no_leader,
};

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
    /// A voter is there and may be no help: nobody may promise the stop of another, and once it was started anew everybody must promise
    /// every stop.
    pub limps: bool,
    /// Whether a node may die of what was done to it, and then that must be told.
    pub may_die: bool,
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
        may_die: true,
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
        vague: "whether a voter that was full limps, as with older dqlite, is not seen before it is started anew",
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
    may_die: false,
};

const ASIDE: &str = "who is cut off knows that it is, and not how the others are";
