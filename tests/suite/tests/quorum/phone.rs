//! A voter dies, the phone says so, and a person who follows the runbook to the letter gets the cluster well again.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::{Pace, World};
use gjallarhorn_rig::discord::Message;
use gjallarhorn_rig::dqlite::{Cluster, Watch};
use gjallarhorn_rig::place::checkout;
use gjallarhorn_rig::wait::until;
use gjallarhorn_suite::contract::line;
use gjallarhorn_suite::quorum::play::Teller;
use gjallarhorn_suite::quorum::{acts, runbook};
use gjallarhorn_suite::tree;

/// A voter that comes back is asked, counts, and is believed again, on a busy machine.
const WELL: Duration = Duration::from_secs(60);

#[test]
fn a_voter_dies_and_the_runbook_brings_it_back() -> Result<()> {
    let mut cluster = Cluster::start(3)?;
    acts::settle(&cluster)?;
    let watches = Watch::all(&cluster)?;
    well(&watches)?;
    let targets: Vec<_> = watches.iter().map(|watch| (watch.port(), watch.host().to_owned())).collect();
    let world = World::behind(&targets, Pace::Hasty("quorum.yaml"))?;

    let dead = acts::voter_crashes(&mut cluster)?.into_iter().next().context("no voter was hit")?;
    let name = cluster.node(dead)?.name();
    let words =
        format!("🔴 microk8s: one more failure stops the cluster (2 of 3 voters, {name} down). Restart nothing");
    let told = world.phone("the dead voter", |message| message.content() == words)?;
    assert!(told.rang());
    assert_eq!(line::judge_line("quorum", &words), [""; 0]);

    follow(&told, &mut cluster, &watches, dead, &|line| println!("{line}"))?;
    world.phone("the good end", |message| message.id == told.id && message.content().starts_with('✅'))?;
    let rang: Vec<_> = world.discord.messages().into_iter().filter(Message::rang).collect();
    let lines: Vec<_> = rang.iter().map(Message::first_content).collect();
    assert_eq!(rang.len(), 1, "one cause, one ring: {lines:#?}");
    let tally = world.discord.tally();
    assert_eq!((tally.refused, tally.avoidable, tally.ignored), (0, 0, 0), "{:?}", world.discord.requests());
    Ok(())
}

/// What the message leads to, step by step. A step with a condition is left out where its condition does not hold.
fn follow(told: &Message, cluster: &mut Cluster, watches: &[Watch], dead: u8, tell: Teller<'_>) -> Result<()> {
    let page = page_of(told).with_context(|| format!("no runbook in {}", told.everything()))?;
    let steps = runbook::steps(&tree::read(&checkout().join("rules/runbooks").join(&page))?);
    ensure!(steps.len() >= 3, "{page} has hardly a step: {steps:#?}");
    let there = watches.iter().find(|watch| watch.number() == dead).context("no exporter on the host")?;
    for step in steps {
        let conditional = ["It says that", "Its disk is full", "It does not come up"];
        if conditional.iter().any(|words| step.words.starts_with(words)) {
            continue;
        }
        let name = cluster.node(dead)?.name();
        tell(&format!("{page}, step {}: {}", step.number, step.commands.trim()));
        let (code, said) = there.types(cluster, &step.commands.replace("NODE", &name))?;
        tell(&said);
        ensure!(code == 0, "step {} of {page} ended with {code}:\n{said}", step.number);
        well(watches)?;
    }
    Ok(())
}

/// The file name of the runbook that the message links.
fn page_of(told: &Message) -> Option<String> {
    let text = told.everything();
    let (_, rest) = text.split_once("rules/runbooks/")?;
    rest.split_once(".md").map(|(name, _)| format!("{name}.md"))
}

/// Every page says that one more failure is survived.
fn well(watches: &[Watch]) -> Result<()> {
    let survives = |watch: &Watch| watch.page().is_ok_and(|page| page.value("quorum_ha", &[]) == Some(1.0));
    until("a cluster that survives one more failure", WELL, || watches.iter().all(survives).then_some(()))
}
