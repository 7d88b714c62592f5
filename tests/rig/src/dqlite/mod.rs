//! Real dqlite clusters, each node on a host of its own: a network and a mount namespace, and the files of MicroK8s.
//!
//! A [`Cluster`] is started, things are done to its [`Node`]s (crash, stop, freeze, fill, corrupt) and to the wires between
//! them (see [`Cluster::isolate`] and its neighbours), and [`Cluster::commits`] says what it comes to. No address and no
//! mount exists outside the namespaces, and these end with the process that holds them: when a cluster is dropped, when its
//! test panics, and when the test is killed. What is expected of Gjallarhorn stands in the suite, not here.
//!
//! - [`space`]: one host's namespaces. [`switch`]: the wires. [`layout`]: the files of MicroK8s.
//! - [`node`]: one dqlite node and what can be done to it. [`question`]: what is asked of the cluster through its own client.
//! - [`door`]: a loopback port here that leads to one on a host. [`watch`]: our exporter on a host.
//!
//! Needs root and what `tests/rig/dqlite/build.sh` asks for.

mod door;
mod layout;
mod node;
mod question;
mod space;
mod switch;
mod watch;

pub use node::Node;
pub use question::{Answer, Member, Role};
pub use watch::Watch;

use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::place::temporary;
use crate::process::Running;
use crate::wait::until;
use layout::Identity;
use question::Client;
use switch::Switch;

/// An election may need several rounds of three seconds, on a busy machine.
const ELECTION: Duration = Duration::from_secs(60);

/// Hosts with a node each, on one switch; everything ends when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    // Dropped in this order: whoever uses a host before its host, the folder of all files last.
    writer: Option<Running>,
    nodes: Vec<Node>,
    client: Client,
    switch: Switch,
    identity: Identity,
    _folder: TempDir,
}

impl Cluster {
    /// Starts `size` nodes one after the other, waits until each takes part, and writes to them at a steady rate.
    ///
    /// # Errors
    /// When the node's program cannot be built, no namespace can be made (root only), or a node does not get ready.
    pub fn start(size: u8) -> Result<Self> {
        let folder = temporary()?;
        let program = question::program()?;
        let identity = Identity::of_the_cluster()?;
        let switch = Switch::new()?;
        let client = Client::new(&program, &identity, folder.path())?;
        let mut cluster = Self { writer: None, nodes: Vec::new(), client, switch, identity, _folder: folder };
        for number in 1..=size {
            let mut node = Node::make(number, &program, cluster._folder.path(), &cluster.identity)?;
            cluster.switch.plug(number, node.space())?;
            node.start()?;
            node.ready()?;
            cluster.nodes.push(node);
        }
        cluster.client.everybody(size);
        cluster.writer = Some(cluster.client.writer(cluster.switch.space())?);
        Ok(cluster)
    }

    /// All nodes, in the order of their numbers.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of a number, from 1.
    ///
    /// # Errors
    /// When there is none.
    pub fn node(&mut self, number: u8) -> Result<&mut Node> {
        let found = self.nodes.iter_mut().find(|node| node.number() == number);
        found.with_context(|| format!("no node {number}"))
    }

    /// Ends the steady writes.
    pub fn rest(&mut self) {
        self.writer = None;
    }

    /// The process that holds the namespaces from where every host is reached.
    #[must_use]
    pub fn hub_pid(&self) -> u32 {
        self.switch.space().pid()
    }

    /// The command line of a question to every node through the Go client, to be run in the hub's namespaces.
    #[must_use]
    pub fn question(&self) -> Vec<String> {
        self.client.question()
    }

    /// Whether a row written through the cluster is committed before `deadline`.
    ///
    /// # Errors
    /// When the question could not be asked at all.
    pub fn commits(&self, deadline: Duration) -> Result<bool> {
        self.client.commits(self.switch.space(), deadline)
    }

    /// Writes large rows, 24 MiB in all, so that the log outgrows the segments that each node holds ready.
    ///
    /// # Errors
    /// When they are not committed.
    pub fn burst(&self) -> Result<()> {
        self.client.burst(self.switch.space())
    }

    /// What each node says by itself, in the order of the numbers.
    ///
    /// # Errors
    /// When the question could not be asked at all.
    pub fn answers(&self) -> Result<Vec<Answer>> {
        self.client.answers(self.switch.space())
    }

    /// Waits for a leader that says so itself, and gives its number.
    ///
    /// # Errors
    /// When none comes up.
    pub fn leader(&self) -> Result<u8> {
        until("a leader that says so itself", ELECTION, || {
            let answers = self.answers().ok()?;
            answers.iter().find(|answer| answer.leads()).and_then(Answer::number)
        })
    }

    /// Waits until the leader's table has these roles, and everyone in them runs.
    ///
    /// # Errors
    /// When the table does not get there; the last answers are in the error.
    pub fn roles(&self, wanted: impl Fn(&[Member]) -> bool) -> Result<Vec<Member>> {
        let mut last = Vec::new();
        let found = until("the wanted roles", ELECTION, || {
            last = self.answers().ok()?;
            let leader = last.iter().find(|answer| answer.leads())?;
            wanted(&leader.members).then(|| leader.members.clone())
        });
        found.with_context(|| format!("{last:#?}"))
    }

    /// Takes a member out of the table; its node goes on running.
    ///
    /// # Errors
    /// When there is no leader or no such member.
    pub fn remove(&self, number: u8) -> Result<()> {
        self.client.remove(self.switch.space(), number)
    }

    /// Puts a member into the table that does not exist, at the address of host `number`.
    ///
    /// # Errors
    /// When there is no leader.
    pub fn add_ghost(&self, number: u8) -> Result<()> {
        self.client.add(self.switch.space(), number)
    }

    /// Takes a host's cable out.
    ///
    /// # Errors
    /// When there is no such host.
    pub fn isolate(&self, number: u8) -> Result<()> {
        self.switch.pull(number)
    }

    /// Puts a host's cable back, on the side of everybody.
    ///
    /// # Errors
    /// When there is no such host.
    pub fn heal(&self, number: u8) -> Result<()> {
        self.switch.push(number)
    }

    /// Moves hosts to a switch of their own: they reach each other and nobody else.
    ///
    /// # Errors
    /// When there is no such host.
    pub fn split(&self, numbers: &[u8]) -> Result<()> {
        numbers.iter().try_for_each(|number| self.switch.aside(*number))
    }

    /// What host `from` sends to host `to` vanishes; the other way is open.
    ///
    /// # Errors
    /// When there is no host `from`.
    pub fn block(&mut self, from: u8, to: u8) -> Result<()> {
        switch::lead_astray(self.node(from)?.space(), to)
    }

    /// Ends a block.
    ///
    /// # Errors
    /// When nothing was blocked.
    pub fn unblock(&mut self, from: u8, to: u8) -> Result<()> {
        switch::lead_right(self.node(from)?.space(), to)
    }
}

#[cfg(test)]
mod tests;
