//! A cluster that is watched by exporters and a Prometheus, and the steps of a state: strike, wait for the truth, ask about a
//! node, stop it for real, look whether the cluster still commits, and put it back.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::{Pace, Page, Prometheus};
use gjallarhorn_rig::dqlite::{Answer, Cluster, Role, Watch};
use gjallarhorn_rig::wait::{unix_now, until};

use super::play::Teller;
use super::row::{Row, Say};
use super::scene::{Scene, Then};
use super::told::{Place, Told};
use super::truths::{DOWN, ONE_DOWN, THREE};
use super::{acts, ask};

/// Elections, roles and several polls, on a busy machine.
const TRUTH: Duration = Duration::from_secs(120);

/// For how long an answer that is "cannot tell" and should not be is asked for again.
const AGAIN: Duration = Duration::from_secs(30);

/// Half as long again as the longest election that was seen (10.3 s).
const COMMIT: Duration = Duration::from_secs(15);

/// What is told of a node that has died of what was done to it.
const DEAD: &[&[Told]] = &[ONE_DOWN, DOWN];

/// The part of the node that leads.
const LEADER: &str = "leader";

/// A state that is being played.
pub(super) struct Drill<'a> {
    scene: &'a Scene,
    tell: Teller<'a>,
    watches: Vec<Watch>,
    prometheus: Prometheus,
    cluster: Cluster,
    told: &'static [&'static [Told]],
    hit: acts::Hit,
    leader: u8,
}

impl<'a> Drill<'a> {
    /// A healthy cluster, an exporter on each host that has seen all of it, and a Prometheus with the rules.
    pub(super) fn start(scene: &'a Scene, tell: Teller<'a>) -> Result<Self> {
        let cluster = Cluster::start(scene.size)?;
        acts::settle(&cluster)?;
        let watches = Watch::all(&cluster)?;
        let targets: Vec<_> = watches.iter().map(|watch| (watch.port(), watch.host().to_owned())).collect();
        let prometheus = Prometheus::start(&targets, Pace::Shipped, None)?;
        let leader = cluster.leader()?;
        let told = scene.told;
        let drill = Self { scene, tell, watches, prometheus, cluster, told, hit: Vec::new(), leader };
        drill.awaits("a cluster that is well and seen whole", |page| {
            page.value("quorum_safe_to_change", &[]) == Some(1.0)
        })?;
        Ok(drill)
    }

    /// Does what the scene does.
    pub(super) fn strike(&mut self) -> Result<()> {
        self.leader = self.cluster.leader()?;
        self.hit = (self.scene.act)(&mut self.cluster)?;
        Ok(())
    }

    /// Goes on to what follows.
    pub(super) fn follow(&mut self, then: &Then) -> Result<()> {
        (then.act)(&mut self.cluster, &self.hit)?;
        self.told = then.told;
        Ok(())
    }

    /// Whether something was done to a node.
    pub(super) fn was_hit(&self, number: u8) -> bool {
        self.hit.contains(&number)
    }

    /// Waits until every page tells what it must.
    pub(super) fn truth(&mut self) -> Result<()> {
        let mut missing = Vec::new();
        let told = until("the truth on every page", TRUTH, || {
            let now = if self.has_died() { DEAD } else { self.told };
            missing = self.missing(now);
            missing.is_empty().then_some(())
        });
        if told.is_ok() && self.has_died() {
            (self.tell)(&self.last_words());
        }
        told.with_context(|| format!("{}\n{}", missing.join("\n"), self.last_words()))
    }

    /// Whether a node has died of what was done to it.
    fn has_died(&mut self) -> bool {
        let hit = self.hit.clone();
        self.scene.may_die && hit.into_iter().any(|number| self.cluster.node(number).is_ok_and(|node| node.has_died()))
    }

    /// What the nodes that something was done to have said last.
    fn last_words(&mut self) -> String {
        let hit = self.hit.clone();
        let told = hit.into_iter().filter_map(|number| {
            let node = self.cluster.node(number).ok()?;
            let (log, died) = (node.log(), node.has_died());
            let last: Vec<&str> = log.lines().rev().take(20).collect();
            Some(format!(
                "{} (ended by itself: {died}), its last lines, newest first:\n{}",
                node.name(),
                last.join("\n")
            ))
        });
        told.collect()
    }

    fn missing(&self, told: &[&[Told]]) -> Vec<String> {
        let address = |number: &u8| format!("10.77.0.{number}:19001");
        let hit: Vec<String> = self.hit.iter().map(address).collect();
        let leader = address(&self.leader);
        let mut missing = Vec::new();
        for watch in &self.watches {
            let number = watch.number();
            let place = Place { hit: self.hit.contains(&number), leads: number == self.leader };
            match watch.page() {
                Err(error) => missing.push(format!("{}: {error:#}", watch.host())),
                Ok(page) => {
                    let told = told.iter().flat_map(|table| table.iter());
                    let faults = told.flat_map(|told| told.missing(&page, place, &hit, &leader));
                    missing.extend(faults.map(|fault| format!("{}: {fault}", watch.host())));
                }
            }
        }
        missing
    }

    /// Waits until each essential alert of the scene waits or fires, and makes sure that a healthy cluster has none.
    pub(super) fn alerts(&self) -> Result<()> {
        let mut seen = Vec::new();
        let found = until("the alerts", TRUTH, || {
            seen = names(&self.prometheus.alerts().ok()?);
            self.scene.alerts.iter().all(|alert| seen.iter().any(|name| name == alert)).then_some(())
        });
        found.with_context(|| format!("wanted {:?}, seen {seen:?}", self.scene.alerts))
    }

    /// The state is what the scene says that it is.
    pub(super) fn commits(&self) -> Result<()> {
        let commits = self.cluster.commits(COMMIT)?;
        ensure!(commits == self.scene.commits, "in this state the cluster commits: {commits}");
        Ok(())
    }

    /// Nodes in the order of the stops. Those that are not put back come last: what something was done to, or, where the
    /// cluster commits no more, what still runs.
    pub(super) fn order(&self) -> Vec<u8> {
        let mut order: Vec<u8> = self.cluster.nodes().iter().map(|node| node.number()).collect();
        order.sort_by_key(|number| self.hit.contains(number) == self.scene.commits);
        order
    }

    /// Asks every exporter about a node, stops it, looks, and puts it back.
    pub(super) fn stop(&mut self, number: u8) -> Result<Row> {
        let node = self.cluster.node(number)?.name();
        let (part, said) = (self.part(number)?, self.ask(&node, self.patience())?);
        let mut row = Row { scene: self.scene.name, node, part, said, commits: false, commits_after_crash: None };
        row.commits = self.commits_without(number, false)?;
        let doubted = row.said.values().any(|say| *say == Say::No);
        if row.commits && doubted && self.can_be_put_back(number) {
            // A leader that left in good order has handed its part to another, which is the one to crash now.
            let same = if row.part == LEADER { self.cluster.leader()? } else { number };
            row.commits_after_crash = Some(self.commits_without(same, true)?);
        }
        Ok(row)
    }

    /// Every exporter is asked; the command, which looks anew, on one host that nothing was done to.
    fn ask(&self, node: &str, patience: Duration) -> Result<BTreeMap<String, Say>> {
        let mut said = BTreeMap::new();
        for watch in &self.watches {
            let (say, sentence) = ask::service(watch, node, patience)?;
            (self.tell)(&format!("  {}: {sentence}", watch.host()));
            said.insert(watch.host().to_owned(), say);
        }
        if let Some(watch) = self.watches.iter().find(|watch| !self.hit.contains(&watch.number())) {
            let (say, sentence) = ask::command(watch, &self.cluster, node, patience)?;
            (self.tell)(&format!("  command on {}: {sentence}", watch.host()));
            said.insert(format!("the command on {}", watch.host()), say);
        }
        Ok(said)
    }

    fn patience(&self) -> Duration {
        if self.scene.vague.is_empty() { AGAIN } else { Duration::ZERO }
    }

    /// What the leader's table says of a node, and what was done to it.
    fn part(&self, number: u8) -> Result<String> {
        let answers = self.cluster.answers()?;
        let leader = answers.iter().find(|answer| answer.leads());
        let role = leader.map(|leader| {
            let own = leader.members.iter().find(|member| number_of(&member.address) == Some(number));
            match own.map(|member| member.role) {
                _ if leader.number() == Some(number) => LEADER,
                Some(Role::Voter) => "voter",
                Some(Role::StandBy) => "standby",
                Some(Role::Spare) => "spare",
                None => "no member",
            }
        });
        let hit = if self.hit.contains(&number) { ", hit" } else { "" };
        Ok(format!("{}{hit}", role.unwrap_or("no leader")))
    }

    /// Stops or kills a node that runs, looks, and starts it again. Without one that does not run the cluster is as it is.
    fn commits_without(&mut self, number: u8, crash: bool) -> Result<bool> {
        let may_die = self.scene.may_die;
        let node = self.cluster.node(number)?;
        if !node.is_started() || (may_die && node.has_died()) {
            return Ok(self.scene.commits);
        }
        if crash {
            node.kill()?
        } else {
            node.stop()?
        }
        let commits = self.cluster.commits(COMMIT)?;
        if self.can_be_put_back(number) {
            self.put_back(number)?;
        }
        Ok(commits)
    }

    /// What was done to a node is not undone, and one that starts without a quorum waits for it.
    fn can_be_put_back(&self, number: u8) -> bool {
        self.scene.commits && !self.hit.contains(&number)
    }

    /// Starts it, waits until it follows the leader again, and until every page tells so.
    fn put_back(&mut self, number: u8) -> Result<()> {
        self.cluster.node(number)?.start()?;
        until("the state before the stop", TRUTH, || self.follows(&self.cluster.answers().ok()?, number))?;
        let back = unix_now();
        self.awaits("a look after the stop", |page| {
            page.value("gjallarhorn_source_last_success_timestamp_seconds", &["quorum"])
                .is_some_and(|at| at > back as f64)
        })?;
        self.truth()
    }

    /// Starts what was hit and stopped last; then every stop must be promised. What is not is returned.
    pub(super) fn cure(&mut self) -> Result<Vec<String>> {
        for number in std::mem::take(&mut self.hit) {
            self.told = &[THREE];
            self.put_back(number)?;
        }
        let mut faults = Vec::new();
        for number in self.order() {
            let node = self.cluster.node(number)?.name();
            let doubts = self.ask(&node, AGAIN)?.into_iter().filter(|(_, say)| *say != Say::Yes);
            faults.extend(
                doubts.map(|(host, say)| format!("{}, {node}, started anew: {host} says {say:?}", self.scene.name)),
            );
        }
        Ok(faults)
    }

    fn follows(&self, answers: &[Answer], number: u8) -> Option<()> {
        let leader = answers.iter().find(|answer| answer.leads())?;
        let own = answers.iter().find(|answer| answer.number() == Some(number))?;
        let voters = leader.members.iter().filter(|member| member.role == Role::Voter);
        let all = voters.filter_map(|voter| number_of(&voter.address)).filter(|voter| !self.hit.contains(voter));
        let follow = |number: u8| answers.iter().any(|one| one.number() == Some(number) && one.leader == leader.asked);
        (own.error.is_empty() && all.into_iter().all(follow)).then_some(())
    }

    fn awaits(&self, what: &str, look: impl Fn(&Page) -> bool) -> Result<()> {
        let found = until(what, TRUTH, || {
            self.watches.iter().all(|one| one.page().is_ok_and(|page| look(&page))).then_some(())
        });
        found.with_context(|| {
            self.watches.iter().map(|one| format!("{}\n{}", one.host(), one.log())).collect::<String>()
        })
    }
}

/// The names of the alerts that wait or fire.
fn names(alerts: &serde_json::Value) -> Vec<String> {
    let all = alerts["data"]["alerts"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|alert| alert["labels"]["alertname"].as_str()).map(str::to_owned).collect()
}

fn number_of(address: &str) -> Option<u8> {
    address.rsplit_once(':')?.0.rsplit_once('.')?.1.parse().ok()
}
