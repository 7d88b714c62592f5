//! How each state is brought about: what is done to a healthy cluster, and until which state of the cluster itself.
//!
//! An act ends when the cluster has got there by its own account (roles adjusted, a leader elected); what our exporter has
//! seen of it by then is measured, not waited for.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::dqlite::{Cluster, Member, Node, Role};
use gjallarhorn_rig::wait::until;

/// The nodes that something was done to.
pub type Hit = Vec<u8>;

/// A host that no node was ever on.
pub const GHOST: u8 = 9;

/// Roles are adjusted each three seconds, on a busy machine.
const ADJUSTED: Duration = Duration::from_secs(60);

pub(super) fn nothing(_: &mut Cluster) -> Result<Hit> {
    Ok(Vec::new())
}

pub(super) fn leader_crashes(cluster: &mut Cluster) -> Result<Hit> {
    let leader = cluster.leader()?;
    cluster.node(leader)?.kill()?;
    Ok(vec![leader])
}

pub(super) fn leader_freezes(cluster: &mut Cluster) -> Result<Hit> {
    let leader = cluster.leader()?;
    cluster.node(leader)?.freeze()?;
    Ok(vec![leader])
}

pub(super) fn leader_is_cut_off(cluster: &mut Cluster) -> Result<Hit> {
    let leader = cluster.leader()?;
    cluster.isolate(leader)?;
    Ok(vec![leader])
}

/// A voter that does not lead is killed.
///
/// # Errors
/// When there is none.
pub fn voter_crashes(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    cluster.node(voter)?.kill()?;
    Ok(vec![voter])
}

/// Until a standby has taken its place.
pub(super) fn voter_is_replaced(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    cluster.node(voter)?.kill()?;
    let gone = address(cluster, voter)?;
    cluster.roles(|members| voters(members) == 3 && role(members, &gone) != Some(Role::Voter))?;
    Ok(vec![voter])
}

pub(super) fn two_of_three_crash(cluster: &mut Cluster) -> Result<Hit> {
    let leader = cluster.leader()?;
    let follower = follower(cluster)?;
    cluster.node(follower)?.kill()?;
    cluster.node(leader)?.kill()?;
    Ok(vec![leader, follower])
}

/// A voter and a standby of five go to a side of their own.
pub(super) fn cluster_splits(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    let standby = of_role(cluster, Role::StandBy)?;
    cluster.split(&[voter, standby])?;
    let gone = address(cluster, voter)?;
    cluster.roles(|members| voters(members) == 3 && role(members, &gone) != Some(Role::Voter))?;
    Ok(vec![voter, standby])
}

/// What a follower sends to the leader vanishes. The third node reaches both.
pub(super) fn one_way_is_blocked(cluster: &mut Cluster) -> Result<Hit> {
    let (leader, follower) = (cluster.leader()?, follower(cluster)?);
    cluster.block(follower, leader)?;
    Ok(vec![follower])
}

/// Its log stops while it answers every question as before.
pub(super) fn disk_fills(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    cluster.node(voter)?.fill_disk()?;
    cluster.burst()?;
    Ok(vec![voter])
}

/// Room alone is not enough for libdqlite 1.11.1: it makes new segments, and stays behind by what it missed until it is started
/// again.
pub(super) fn disk_gets_room(cluster: &mut Cluster, hit: &[u8]) -> Result<()> {
    hit.iter().try_for_each(|number| cluster.node(*number)?.empty_disk())
}

pub(super) fn disk_gets_room_and_a_start(cluster: &mut Cluster) -> Result<Hit> {
    let hit = disk_fills(cluster)?;
    disk_gets_room(cluster, &hit)?;
    for number in &hit {
        let node = cluster.node(*number)?;
        node.stop()?;
        node.start()?;
        node.ready()?;
    }
    Ok(hit)
}

pub(super) fn member_is_removed(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    cluster.remove(voter)?;
    cluster.roles(|members| members.len() == 4 && voters(members) == 3)?;
    Ok(vec![voter])
}

pub(super) fn ghost_is_added(cluster: &mut Cluster) -> Result<Hit> {
    cluster.add_ghost(GHOST)?;
    cluster.roles(|members| members.len() == 4)?;
    Ok(Vec::new())
}

/// A byte of its newest closed segment is turned over while it is stopped; then it starts on it.
pub(super) fn segment_rots(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    let node = cluster.node(voter)?;
    node.stop()?;
    node.corrupt_segment()?;
    node.start()?;
    Ok(vec![voter])
}

pub(super) fn certificate_is_foreign(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    let node = cluster.node(voter)?;
    node.kill()?;
    node.take_foreign_certificate()?;
    node.start()?;
    Ok(vec![voter])
}

/// The others wrote more than a log holds while it was away.
pub(super) fn voter_comes_back(cluster: &mut Cluster) -> Result<Hit> {
    let voter = follower(cluster)?;
    cluster.node(voter)?.kill()?;
    cluster.burst()?;
    let node = cluster.node(voter)?;
    node.start()?;
    node.ready()?;
    Ok(vec![voter])
}

/// A voter that does not lead.
fn follower(cluster: &Cluster) -> Result<u8> {
    of_role(cluster, Role::Voter)
}

/// The last node of a role, the leader left out.
fn of_role(cluster: &Cluster, wanted: Role) -> Result<u8> {
    let found = until("a node of the wanted role", ADJUSTED, || {
        let answers = cluster.answers().ok()?;
        let leader = answers.iter().find(|answer| answer.leads())?;
        let fits =
            |node: &&Node| node.address() != leader.asked && role(&leader.members, &node.address()) == Some(wanted);
        cluster.nodes().iter().rev().find(fits).map(Node::number)
    });
    found.with_context(|| format!("{wanted:?}"))
}

fn address(cluster: &mut Cluster, number: u8) -> Result<String> {
    cluster.node(number).map(|node| node.address())
}

fn role(members: &[Member], address: &str) -> Option<Role> {
    members.iter().find(|member| member.address == address).map(|member| member.role)
}

fn voters(members: &[Member]) -> usize {
    members.iter().filter(|member| member.role == Role::Voter).count()
}

/// Waits until the roles are those that MicroK8s gives to a cluster of this size, and every node has written down whom it
/// would ask when it starts again.
///
/// # Errors
/// When they do not get there.
pub fn settle(cluster: &Cluster) -> Result<()> {
    let size = cluster.nodes().len();
    ensure!(size > 1, "a cluster of one");
    let wanted = if size < 3 { (1, 0) } else { (3, size - 3) };
    let standbys = |members: &[Member]| members.iter().filter(|member| member.role == Role::StandBy).count();
    cluster.roles(|members| (voters(members), standbys(members)) == wanted)?;
    let remembers = |node: &Node| node.remembered().is_ok_and(|members| members == size);
    until("everybody in each cluster.yaml", ADJUSTED, || cluster.nodes().iter().all(remembers).then_some(()))
}
