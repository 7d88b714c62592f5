//! The family table of the quorum role: every name, help, type, unit and label it can say.
//!
//! Every exporter tells the view of *its* node; two nodes may see a cluster differently, and that is a finding. "No
//! sample" means that the value cannot be told; it is never written as 0. A cluster that cannot be reached from here is
//! told as such (`quorum_view_authority`, `quorum_peer_up`), not as an empty one.
//!
//! - `member`: a dqlite id as decimal text (64 bits do not survive a float). `peer`: the `address:port` that is asked.
//!   `node`: the host name where it is known (own node, `nodes:` of the configuration, other exporters), else the host
//!   part of the address.
//! - Families marked *(memory)* come from what this process saw since it started.

use gjallarhorn_metrics::families;

use crate::parse::files::Lock;
use crate::parse::wire::Role;
use crate::source::peer::PeerFailure;
use crate::words::{
    Authority, BACKENDS, CERTIFICATES, HaReason, IDENTITY_CHECKS, PHASES, RESOURCES, SERVICES, SegmentState,
};

families! {
    /// 1 if one more voter may fail now and the cluster still commits: the truth behind "high-availability: yes".
    pub HA = gauge "quorum_ha" None [cluster, backend: BACKENDS];
    /// 1 if `microk8s status` says "high-availability: yes": more than two members have the role voter, alive or not.
    pub HA_REPORTED = gauge "quorum_ha_reported" None [cluster, backend: BACKENDS];
    /// Why one more failure is not survived: the first thing in the way, exactly one is 1.
    pub HA_REASON = gauge "quorum_ha_reason" None [cluster, backend: BACKENDS, reason: HaReason::WORDS];

    /// Members with the role voter.
    pub VOTERS = gauge "quorum_voters" None [cluster, backend: BACKENDS];
    /// Voters that answer this node.
    pub VOTERS_ONLINE = gauge "quorum_voters_online" None [cluster, backend: BACKENDS];
    /// Voters that answer and are not known to be unable to write: disk full, log behind by the limit or more.
    pub VOTERS_EFFECTIVE = gauge "quorum_voters_effective" None [cluster, backend: BACKENDS];
    /// Voters that must agree before anything is committed.
    pub SIZE = gauge "quorum_size" None [cluster, backend: BACKENDS];
    /// Effective voters beyond the quorum; below 0 the quorum is lost.
    pub MARGIN = gauge "quorum_margin" None [cluster, backend: BACKENDS];
    /// Voters that may fail at the same time now; 0 without a confirmed leader.
    pub FAILURES_TOLERABLE = gauge "quorum_failures_tolerable" None [cluster, backend: BACKENDS];
    /// Members that may fail one after another, with time between them for a standby to be promoted.
    pub FAILURES_TOLERABLE_SEQUENTIAL = gauge "quorum_failures_tolerable_sequential" None [cluster, backend: BACKENDS];

    /// Members by role.
    pub MEMBERS = gauge "quorum_members" None [cluster, backend: BACKENDS, role: Role::WORDS];
    /// Members that answer this node, by role.
    pub MEMBERS_ONLINE = gauge "quorum_members_online" None [cluster, backend: BACKENDS, role: Role::WORDS];
    /// Standbys that should be ready to take a dead voter's place and are not.
    pub STANDBY_SHORTAGE = gauge "quorum_standby_shortage" None [cluster, backend: BACKENDS];
    /// Who is a member, where, and as what.
    pub MEMBER_INFO = gauge "quorum_member_info" None
        [cluster, backend: BACKENDS, member, address, node, role: Role::WORDS];
    /// Whose table of members this page is written from.
    pub VIEW_AUTHORITY = gauge "quorum_view_authority" None [cluster, backend: BACKENDS, source: Authority::WORDS];

    /// 1 if a voter says of itself that it leads and no other does.
    pub LEADER_CONFIRMED = gauge "quorum_leader_confirmed" None [cluster, backend: BACKENDS];
    /// The confirmed leader; no sample without one.
    pub LEADER_INFO = gauge "quorum_leader_info" None [cluster, backend: BACKENDS, member, address, node];
    /// Members that say of themselves that they lead.
    pub LEADERS_CLAIMED = gauge "quorum_leaders_claimed" None [cluster, backend: BACKENDS];
    /// Different members that voters name as the leader.
    pub LEADERS_NAMED = gauge "quorum_leaders_named" None [cluster, backend: BACKENDS];
    /// Elections seen: the confirmed leader changed, or the term on this node's disk rose (memory).
    pub LEADER_CHANGES = counter "quorum_leader_changes_total" None [cluster, backend: BACKENDS];
    /// Time without a confirmed leader, added up poll by poll so that an election between two scrapes is not lost
    /// (memory).
    pub LEADERLESS_SECONDS = counter "quorum_leaderless_seconds_total" Seconds [cluster, backend: BACKENDS];
    /// Since when the confirmed leader has been seen leading (memory).
    pub LEADER_SINCE = gauge "quorum_leader_since_timestamp_seconds" Seconds [cluster, backend: BACKENDS];

    /// 1 if the peer answered the last round completely.
    pub PEER_UP = gauge "quorum_peer_up" None [cluster, backend: BACKENDS, peer, node];
    /// 1 if the peer is a member by the table of authority, 0 if it runs without being one: removed, or never let in.
    pub PEER_MEMBER = gauge "quorum_peer_member" None [cluster, backend: BACKENDS, peer, node];
    /// 1 if the table that this voter or standby keeps is not that of authority.
    pub PEER_TABLE_DIFFERS = gauge "quorum_peer_table_differs" None [cluster, backend: BACKENDS, peer, node];
    /// 1 if the table of this spare is old, as it is by design: spares are not sent the log.
    pub PEER_TABLE_STALE = gauge "quorum_peer_table_stale" None [cluster, backend: BACKENDS, peer, node];
    /// The leader (a member id) that the peer names; a named leader is not yet a leader.
    pub PEER_NAMES_LEADER = gauge "quorum_peer_names_leader" None [cluster, backend: BACKENDS, peer, node, leader];
    /// Time of one question and answer on the kept connection, in the last round.
    pub PEER_RTT = gauge "quorum_peer_rtt_seconds" Seconds [cluster, backend: BACKENDS, peer, node];
    /// Longest such time in the last minute (memory).
    pub PEER_RTT_MAX = gauge "quorum_peer_rtt_max_seconds" Seconds [cluster, backend: BACKENDS, peer, node];
    /// Time that the phases of the last connection took.
    pub PEER_CONNECT = gauge "quorum_peer_connect_seconds" Seconds [cluster, backend: BACKENDS, peer, node, phase: PHASES];
    /// Rounds in which the peer did not answer, by reason (memory).
    pub PEER_FAILURES = counter "quorum_peer_failures_total" None
        [cluster, backend: BACKENDS, peer, node, reason: PeerFailure::WORDS];
    /// Failure domain that the peer says it is in; MicroK8s gives every node 1 unless told otherwise.
    pub PEER_FAILURE_DOMAIN = gauge "quorum_peer_failure_domain" None [cluster, backend: BACKENDS, peer, node];
    /// Different failure domains among the voters that answer; 1 means that domains are not set.
    pub FAILURE_DOMAINS = gauge "quorum_failure_domains" None [cluster, backend: BACKENDS];
    /// 1 if the quorum survives the loss of the fullest failure domain; no sample while domains are not set.
    pub DOMAIN_LOSS_TOLERABLE = gauge "quorum_domain_loss_tolerable" None [cluster, backend: BACKENDS];

    /// 1 if the node may be stopped and the cluster still commits, 0 if not, no sample if it cannot be told.
    pub SAFE_TO_STOP = gauge "quorum_safe_to_stop" None [cluster, backend: BACKENDS, node, member];
    /// 1 if a node may join, leave or be upgraded: every voter is effective and a leader is confirmed; no sample if it
    /// cannot be told.
    pub SAFE_TO_CHANGE = gauge "quorum_safe_to_change" None [cluster, backend: BACKENDS];

    /// Term on this node's disk: grows with every election.
    pub RAFT_TERM = gauge "quorum_raft_term" None [cluster, backend: BACKENDS];
    /// Last log entry on this node's disk; appended, not necessarily committed.
    pub RAFT_LAST_INDEX = gauge "quorum_raft_last_index" None [cluster, backend: BACKENDS];
    /// Term of that entry.
    pub RAFT_LOG_TERM = gauge "quorum_raft_log_term" None [cluster, backend: BACKENDS];
    /// Last log entry that the newest snapshot holds.
    pub RAFT_SNAPSHOT_INDEX = gauge "quorum_raft_snapshot_index" None [cluster, backend: BACKENDS];
    /// When the newest snapshot was taken.
    pub RAFT_SNAPSHOT_TIMESTAMP = gauge "quorum_raft_snapshot_timestamp_seconds" Seconds [cluster, backend: BACKENDS];
    /// Log entries that the peer is behind the furthest disk seen, by the peer's own exporter; only with `exporters:`.
    pub RAFT_LAG = gauge "quorum_raft_lag_entries" None [cluster, backend: BACKENDS, peer, node];

    /// Log segments by state; no open segment means that dqlite cannot write.
    pub STORE_SEGMENTS = gauge "quorum_store_segments" None [cluster, backend: BACKENDS, state: SegmentState::WORDS];
    /// Places in the log where entries are missing.
    pub STORE_GAPS = gauge "quorum_store_gaps" None [cluster, backend: BACKENDS];
    /// Files that dqlite found corrupt and set aside.
    pub STORE_CORRUPT_FILES = gauge "quorum_store_corrupt_files" None [cluster, backend: BACKENDS];
    /// Bytes of all files of the store.
    pub STORE_BYTES = gauge "quorum_store_bytes" Bytes [cluster, backend: BACKENDS];
    /// Bytes of the database in the newest snapshot, unpacked: as it was then, with some 40 bytes of head and, from dqlite
    /// before 1.17, its write-ahead log.
    pub STORE_DB_BYTES = gauge "quorum_store_db_bytes" Bytes [cluster, backend: BACKENDS];
    /// Bytes that are free on the store's file system, without those set aside for root.
    pub STORE_FREE_BYTES = gauge "quorum_store_free_bytes" Bytes [cluster, backend: BACKENDS];
    /// Size of the store's file system.
    pub STORE_SIZE_BYTES = gauge "quorum_store_size_bytes" Bytes [cluster, backend: BACKENDS];
    /// 1 if this node can write its log, 0 if its disk is full, or it is sent what is written and has no open segment.
    pub STORE_WRITABLE = gauge "quorum_store_writable" None [cluster, backend: BACKENDS];

    /// 1 if this node is who its files say, check by check.
    pub IDENTITY_OK = gauge "quorum_identity_ok" None [cluster, backend: BACKENDS, check: IDENTITY_CHECKS];
    /// When the certificate ends.
    pub CERTIFICATE_NOT_AFTER = gauge "quorum_certificate_not_after_timestamp_seconds" Seconds
        [cluster, backend: BACKENDS, file: CERTIFICATES];
    /// SHA-256 of the cluster's shared certificate on this node: the same on every node.
    pub CERTIFICATE_INFO = gauge "quorum_certificate_info" None [cluster, backend: BACKENDS, fingerprint];

    /// 1 if MicroK8s' lock file is there.
    pub LOCK = gauge "microk8s_lock" None [cluster, backend: BACKENDS, lock: Lock::WORDS];
    /// The snap of MicroK8s that is current.
    pub MICROK8S_INFO = gauge "microk8s_info" None [cluster, backend: BACKENDS, revision, version];
    /// The channel that the snap of MicroK8s follows, as snapd says.
    pub MICROK8S_CHANNEL = gauge "microk8s_channel_info" None [cluster, backend: BACKENDS, channel];
    /// Time on processors that a service of MicroK8s took since it was started, all its processes together.
    pub SERVICE_CPU = counter "microk8s_service_cpu_seconds_total" Seconds [cluster, backend: BACKENDS, service: SERVICES];
    /// Memory of a service of MicroK8s, with the pages of files that the kernel keeps for it.
    pub SERVICE_MEMORY = gauge "microk8s_service_memory_bytes" Bytes [cluster, backend: BACKENDS, service: SERVICES];
    /// Time in which a part of the service waited for the resource, since it was started; no sample where the kernel does
    /// not count it.
    pub SERVICE_PRESSURE = counter "microk8s_service_pressure_seconds_total" Seconds
        [cluster, backend: BACKENDS, service: SERVICES, resource: RESOURCES];
    /// Asynchronous disk requests that are reserved on this host; dqlite cannot start when they are used up.
    pub AIO_REQUESTS = gauge "host_aio_requests" None [cluster, backend: BACKENDS];
    /// Asynchronous disk requests that may be reserved.
    pub AIO_REQUESTS_MAX = gauge "host_aio_requests_max" None [cluster, backend: BACKENDS];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_good() {
        let findings = gjallarhorn_metrics::lint::table(TABLE);
        assert!(findings.is_empty(), "{findings:?}");
    }

    /// What a rule may rely on: the cluster and the backend stand on every series.
    #[test]
    fn every_family_names_its_cluster() {
        for family in TABLE {
            let first: Vec<_> = family.labels.iter().take(2).map(|label| label.name).collect();
            assert_eq!(first, ["cluster", "backend"], "{}", family.name);
        }
    }
}
