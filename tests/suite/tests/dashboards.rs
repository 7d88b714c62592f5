//! The dashboards that ship: equal to their sources, good pages by themselves, and every question answered by a Prometheus that
//! scraped real programs.

mod answered;

use std::path::PathBuf;

use anyhow::{Context, Result};
use gjallarhorn_rig::place::checkout;
use gjallarhorn_suite::contract::golden;
use gjallarhorn_suite::contract::vocabulary::Vocabulary;
use gjallarhorn_suite::dashboards::source::Dashboard;
use gjallarhorn_suite::dashboards::{grafana, judge};
use gjallarhorn_suite::tree;
use serde_json::Value;

fn folder() -> PathBuf {
    checkout().join("dashboards")
}

fn sources() -> Result<Vec<Dashboard>> {
    let folder = folder().join("source");
    let files = tree::files(&folder, ".yaml")?;
    let read =
        |file: &PathBuf| Dashboard::parse(&tree::read(&folder.join(file))?).with_context(|| file.display().to_string());
    files.iter().map(read).collect()
}

/// What users import.
fn finished() -> Result<Vec<Value>> {
    let files = tree::files(&folder(), ".json")?;
    files.iter().map(|file| Ok(serde_json::from_str(&tree::read(&folder().join(file))?)?)).collect()
}

#[test]
fn every_file_is_what_its_source_says() -> Result<()> {
    let write = std::env::var_os("GJALLARHORN_GOLDEN").is_some_and(|word| word == "write");
    let sources = sources()?;
    let mut findings = Vec::new();
    for dashboard in &sources {
        let fresh = serde_json::to_string_pretty(&grafana::render(dashboard))? + "\n";
        findings.extend(golden::compare(&folder(), &format!("{}.json", dashboard.uid), &fresh, write)?);
    }
    assert_eq!(findings, [""; 0]);
    assert_eq!(finished()?.len(), sources.len(), "one JSON file for each source and none besides");
    Ok(())
}

#[test]
fn every_dashboard_is_a_good_page_and_names_what_exists() -> Result<()> {
    let vocabulary = Vocabulary::of_checkout()?;
    let findings: Vec<String> = finished()?.iter().flat_map(|dashboard| judge::judge(dashboard, &vocabulary)).collect();
    assert_eq!(findings, [""; 0]);
    Ok(())
}
