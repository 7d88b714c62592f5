//! Swap that comes and goes, who brings it back, and the runbook that ends it.

#![expect(clippy::disallowed_methods, reason = "the runbook is a file of this checkout")]

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::chain::{Page, World};
use gjallarhorn_rig::pi::Pi;
use gjallarhorn_rig::place::checkout;
use gjallarhorn_rig::wait::until;
use gjallarhorn_suite::runbook;

use super::{EXPORTER, Odrerir, SLOW, WATCHER};

const SWAP_OFF: &[&str] = &["check=\"swap_off\""];
const STAYS_OFF: &[&str] = &["check=\"swap_stays_off\""];

fn page_of_the_runbook() -> Result<String> {
    std::fs::read_to_string(checkout().join("rules/runbooks/NodeSwapOn.md")).context("read the runbook")
}

/// Runs what the runbook says below a heading, as a person would: as root, in a shell.
fn follow(pi: &Pi, page: &str, word: &str) -> Result<()> {
    let commands = runbook::commands(page, word).with_context(|| format!("the runbook has no commands for {word}"))?;
    pi.shell(&format!("set -e\n{commands}")).map(drop)
}

/// The first page on which swap was read after `moment`, a time of the board's own clock.
fn page_after(board: &Odrerir, moment: f64) -> Result<Page> {
    let read_at = |page: &Page| page.value("gjallarhorn_source_last_success_timestamp_seconds", &["source=\"swaps\""]);
    until("a look at swap after that", SLOW, || {
        board.page().ok().filter(|page| read_at(page).is_some_and(|read| read > moment))
    })
}

/// Runs a line on the board; the time there when it was done.
fn done_at(board: &Odrerir, line: &str) -> Result<f64> {
    let printed = board.pi.shell(&format!("set -e; {line} >&2; now"))?;
    printed.lines().last().and_then(|time| time.parse().ok()).with_context(|| format!("no time in {printed}"))
}

#[test]
fn swap_is_seen_by_the_next_look_with_the_one_who_brings_it_back() -> Result<()> {
    let board = Odrerir::boot()?;
    board.pi.shell("installed rpi_swap")?;
    board.serve(WATCHER)?;
    let before = board.sample("node_conformity_ok", SWAP_OFF, |ok| ok == 1.0)?;
    assert_eq!(before.need("node_conformity_ok", STAYS_OFF)?, 0.0, "it is installed and will be back");
    let on = page_after(&board, done_at(&board, "rpi-swap")?)?;
    assert_eq!(on.need("node_conformity_ok", SWAP_OFF)?, 0.0);
    let zram = ["device=\"/dev/zram0\"", "kind=\"zram\"", "by=\"rpi_swap\""];
    assert_eq!(on.need("node_conformity_swap_device_info", &zram)?, 1.0);
    assert!(on.need("node_conformity_swap_size_bytes", &zram[..2])? > 6e7);
    assert_eq!(on.need("node_conformity_swap_activations_total", &[])?, 1.0);

    let off = page_after(&board, done_at(&board, "swapoff /dev/zram0")?)?;
    assert_eq!(off.need("node_conformity_ok", SWAP_OFF)?, 1.0);
    assert_eq!(off.value("node_conformity_swap_size_bytes", &[]), None);

    board.pi.shell("rpi-swap; sleep 2; swapoff /dev/zram0")?;
    let between = board.page()?;
    assert_eq!(between.need("node_conformity_swap_activations_total", &[])?, 2.0, "two seconds between two scrapes");
    assert_eq!(between.need("node_conformity_ok", SWAP_OFF)?, 1.0);
    Ok(())
}

/// The commands of the runbook for each restorer, on a machine where it is installed.
#[test]
fn the_runbook_ends_every_restorer_that_it_names() -> Result<()> {
    let board = Odrerir::boot()?;
    let page = page_of_the_runbook()?;
    let once = format!("su {WATCHER} -c '{EXPORTER} once --role node --state-dir /tmp/once'");
    let restorers = runbook::words(&page);
    ensure!(restorers.len() >= 9, "the runbook lost some: {restorers:?}");
    for restorer in restorers {
        board.pi.shell(&format!("installed {restorer}"))?;
        let installed = Page { text: board.pi.shell(&once)? };
        let by = format!("by=\"{restorer}\"");
        assert_eq!(installed.need("node_conformity_swap_restorer", &[&by])?, 1.0);
        assert_eq!(installed.need("node_conformity_ok", STAYS_OFF)?, 0.0, "{restorer}");
        follow(&board.pi, &page, restorer)?;
        let ended = Page { text: board.pi.shell(&once)? };
        assert_eq!(ended.value("node_conformity_swap_restorer", &[]), None, "after {restorer}: {}", ended.text);
        assert_eq!(ended.need("node_conformity_ok", STAYS_OFF)?, 1.0, "{restorer}");
    }
    Ok(())
}

#[test]
fn swap_comes_back_and_the_phone_says_who_did_it_and_when_it_is_over() -> Result<()> {
    let board = Odrerir::boot()?;
    board.pi.shell("installed rpi_swap")?;
    board.serve(WATCHER)?;
    let world = World::start(board.port, "odrerir")?;
    until("Prometheus to see the board without swap", SLOW, || {
        world.prometheus.value("node_conformity_ok{check=\"swap_off\"}").ok().flatten().filter(|ok| *ok == 1.0)
    })?;

    board.pi.shell("rpi-swap")?;
    let line = "🟠 odrerir: swap is on again (zram0, brought back by rpi-swap)";
    let told = world.phone("swap on the phone", |message| message.content().lines().next() == Some(line))?;
    assert!(told.rang());

    follow(&board.pi, &page_of_the_runbook()?, "rpi_swap")?;
    let over =
        world.phone("its end", |message| message.id == told.id && message.content().starts_with("✅ odrerir: swap"))?;
    assert!(over.edits() > 0, "the same message says so");
    board.pi.shell("rpi-swap")?;
    assert_eq!(board.pi.shell("tail -n +2 /proc/swaps")?, "", "the next boot brings none");
    board.sample("node_conformity_ok", STAYS_OFF, |ok| ok == 1.0)?;
    assert_eq!(world.discord.tally().refused, 0);
    Ok(())
}
