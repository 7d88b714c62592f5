//! Real dqlite clusters in every state that matters: each exporter tells the truth, and what it says about stopping a node is
//! what then happens.

mod phone;

use std::path::Path;

use anyhow::{Result, ensure};
use gjallarhorn_rig::place::checkout;
use gjallarhorn_rig::process::Program;
use gjallarhorn_rig::wait::PATIENCE;
use gjallarhorn_suite::quorum::play::play;
use gjallarhorn_suite::quorum::report;
use gjallarhorn_suite::quorum::scene::SCENES;
use gjallarhorn_suite::tree;

/// `all` plays every state, as `make prove` does; else a part of a state's name plays those that have it in theirs; without
/// it, those of `make test`.
const WHICH: &str = "GJALLARHORN_QUORUM";
/// The page into which the results are written; none without it.
const RESULTS: &str = "GJALLARHORN_QUORUM_RESULTS";

#[test]
fn every_state_is_told_and_every_stop_is_foretold() -> Result<()> {
    let which = std::env::var_os(WHICH).and_then(|words| words.into_string().ok());
    let wanted = SCENES.iter().filter(|scene| match which.as_deref() {
        None => scene.short,
        Some("all") => true,
        Some(part) => scene.name.contains(part),
    });
    let outcomes: Vec<_> = wanted.map(|scene| play(scene, &|line| println!("{line}"))).collect();
    ensure!(!outcomes.is_empty(), "no state is called {which:?}");
    let text = report::markdown(&outcomes);
    println!("\n{text}");
    if let Some(path) = std::env::var_os(RESULTS) {
        write(Path::new(&path), &text)?;
    }
    let faults = report::faults(&outcomes);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// The results of each dqlite have a part of the page for themselves.
fn write(path: &Path, text: &str) -> Result<()> {
    let suite = std::env::var_os("GJALLARHORN_DQLITE").unwrap_or_else(|| "host".into());
    let part = format!("states-{}", suite.to_string_lossy());
    let commit = Program::new("git", "git").args(["log", "-1", "--format=%cs, commit %h"]).within(&checkout());
    let text = format!("{}\n{text}", commit.run(PATIENCE)?);
    std::fs::write(path, report::placed(&tree::read(path)?, &part, &text))?;
    Ok(())
}
