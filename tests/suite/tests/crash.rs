//! The router is killed at seeded points of a storm, and its journal taken away: nothing acknowledged is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_rig::chain::{Router, Wiring};
use gjallarhorn_rig::dice::Dice;
use gjallarhorn_rig::discord::{Limits, Message, Peer};
use gjallarhorn_rig::wait::{unix_now, until};
use gjallarhorn_suite::webhook::{Alert, body};

const GROUPS: u64 = 50;
const ALERTS: u64 = 4;
const KILLS: usize = 10;
/// Everything told, at the pace the peer allows, on a busy machine.
const TOLD: Duration = Duration::from_secs(240);

/// An alert with a word in it that no other has.
fn alert(group: u64, number: u64) -> Alert {
    let map = |pairs: &[(&str, String)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), b.clone())).collect();
    let severity = if group.is_multiple_of(2) { "critical" } else { "warning" };
    let word = word(group, number);
    Alert {
        labels: map(&[
            ("alertname", format!("Storm{group:02}")),
            ("instance", format!("host-{group:02}")),
            ("severity", severity.to_owned()),
            ("disk", word.clone()),
        ]),
        annotations: map(&[(
            "summary",
            format!("host-{group:02}: disk {word} is gone, can lose {number} more. Replace it"),
        )]),
        starts_at: "2026-01-05T02:10:00Z".to_owned(),
        ends_at: None,
    }
}

fn word(group: u64, number: u64) -> String {
    format!("d{group:02}x{number}q")
}

/// What a sender hands in: each group fires, and every third partly resolves.
fn storm() -> Vec<Vec<Alert>> {
    let group = |group| (0..ALERTS).map(move |number| alert(group, number)).collect::<Vec<_>>();
    let fires = (0..GROUPS).map(group);
    let ends = (0..GROUPS).step_by(3).map(|number| {
        let mut alerts = group(number);
        alerts.iter_mut().take(2).for_each(|one| *one = one.over("2026-01-05T02:20:00Z"));
        alerts
    });
    fires.chain(ends).collect()
}

#[test]
fn killed_ten_times_in_a_storm_and_nothing_acknowledged_is_lost() -> Result<()> {
    let seed = seed();
    let peer = Peer::start(Limits::brisk())?;
    let wiring = Wiring { settle: "0s", ..Wiring::default() }.to_discord(&peer);
    let mut router = Router::prepare(&wiring)?;
    router.start()?;
    let storm = storm();
    let mut dice = Dice::new(seed);
    let kills = points(&mut dice, storm.len() as u64);
    println!("seed {seed}, killed before the webhooks {kills:?}");
    for (number, alerts) in storm.iter().enumerate() {
        if kills.contains(&(number as u64)) {
            strike(&mut router, &peer, &mut dice)?;
        }
        let reply = router.post(&body(alerts)).context("the router does not answer")?;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
    until("every acknowledged alert", TOLD, || untold(&peer).is_empty().then_some(()))
        .with_context(|| format!("seed {seed}, never told: {:?}\n{}", untold(&peer), router.log()))?;
    let tally = peer.tally();
    assert_eq!((tally.avoidable, tally.refused), (0, 0), "seed {seed}: {tally:?}");
    let twice = duplicates(&peer.messages());
    assert!(twice.len() <= KILLS, "seed {seed}: {} told twice: {twice:#?}", twice.len());
    Ok(())
}

/// Ten different webhooks before which the router is killed.
fn points(dice: &mut Dice, below: u64) -> BTreeSet<u64> {
    let mut points = BTreeSet::new();
    while points.len() < KILLS {
        points.insert(dice.below(below));
    }
    points
}

/// Kills the router at a moment that depends on what it is doing: as the peer receives one of its next requests, or at once
/// when none comes.
fn strike(router: &mut Router, peer: &Peer, dice: &mut Dice) -> Result<()> {
    let before = peer.requests().len();
    let further = usize::try_from(dice.below(3)).unwrap_or(0);
    drop(until("a request to be killed in", Duration::from_secs(1), || {
        (peer.requests().len() >= before + further).then_some(())
    }));
    router.kill()?;
    peer.client_restarted();
    router.start()
}

/// A seed of its own for every run, printed, or the one that `GJALLARHORN_SEED` names.
fn seed() -> u64 {
    std::env::var_os("GJALLARHORN_SEED").and_then(|seed| seed.to_str()?.parse().ok()).unwrap_or_else(unix_now)
}

/// The words of alerts that no message, card or file has said.
fn untold(peer: &Peer) -> Vec<String> {
    let said: String = peer.messages().iter().map(Message::everything).collect();
    let all = (0..GROUPS).flat_map(|group| (0..ALERTS).map(move |number| word(group, number)));
    all.filter(|word| !said.contains(word.as_str())).collect()
}

/// New messages that say the same as an earlier one.
fn duplicates(messages: &[Message]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    messages
        .iter()
        .map(|message| message.first_content().to_owned())
        .filter(|content| !seen.insert(content.clone()))
        .collect()
}
