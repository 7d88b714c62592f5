//! The contract between metrics, rules, runbooks and the phone, held against this checkout.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use gjallarhorn_rig::discord::{Limits, Peer, Rate};
use gjallarhorn_rig::http;
use gjallarhorn_rig::place::checkout;
use gjallarhorn_suite::contract::rules::Alert;
use gjallarhorn_suite::contract::vocabulary::Vocabulary;
use gjallarhorn_suite::contract::{alerts, golden, line, proofs, rules};
use gjallarhorn_suite::tree;

fn folder() -> PathBuf {
    checkout().join("rules")
}

fn over_all(judge: impl Fn(&Alert) -> Vec<String>) -> Result<()> {
    let alerts = rules::load(&folder())?;
    assert!(alerts.len() >= 20, "only {} alerts were found", alerts.len());
    assert_eq!(alerts.iter().flat_map(judge).collect::<Vec<_>>(), [""; 0]);
    Ok(())
}

#[test]
fn every_selector_names_what_exists() -> Result<()> {
    let vocabulary = Vocabulary::of_checkout()?;
    over_all(|alert| alerts::judge_selectors(alert, &vocabulary))
}

#[test]
fn every_alert_has_its_words() -> Result<()> {
    over_all(alerts::judge_words)
}

#[test]
fn every_alert_has_a_runbook() -> Result<()> {
    let pages: BTreeSet<String> = tree::files(&folder().join("runbooks"), ".md")?
        .iter()
        .map(|page| page.to_string_lossy().into_owned())
        .collect();
    over_all(|alert| alerts::judge_runbook(alert, &pages))
}

#[test]
fn every_alert_is_shown_to_fire_and_to_keep_still() -> Result<()> {
    let proofs = proofs::load(&folder())?;
    over_all(|alert| alerts::judge_proofs(alert, &proofs))
}

#[test]
fn all_expected_words_fit_a_lock_screen() -> Result<()> {
    let mut findings = Vec::new();
    for proof in proofs::load(&folder())? {
        for expected in &proof.exp_alerts {
            let words = |key: &str| expected.annotations.get(key).map(String::as_str).unwrap_or_default();
            findings.extend(line::judge_summary(&proof.alertname, words("summary")));
            findings.extend(line::judge_over(&proof.alertname, words("over")));
        }
    }
    assert_eq!(findings, [""; 0]);
    Ok(())
}

#[test]
fn every_alert_looks_as_it_was_looked_at() -> Result<()> {
    let write = std::env::var_os("GJALLARHORN_GOLDEN").is_some_and(|word| word == "write");
    let golden = checkout().join("tests/suite/golden");
    let peer = Peer::start(without_pace())?;
    let mut findings = Vec::new();
    for (name, example) in proofs::examples(&proofs::load(&folder())?) {
        let Some(preview) = golden::preview(&name, &example)? else { continue };
        findings.extend(line::judge_line(&name, &preview.line));
        for (file, bytes) in golden::files(&name, &preview)? {
            findings.extend(golden::compare(&golden, &file, &bytes, write)?);
            if file.ends_with(".json") {
                findings.extend(refusal(&peer, &name, bytes.as_bytes())?);
            }
        }
    }
    assert_eq!(findings, [""; 0]);
    Ok(())
}

/// What is looked at here is the size and shape of a message, all of them within a second.
fn without_pace() -> Limits {
    let documented = Limits::documented();
    Limits { global: Rate { count: u32::MAX, ..documented.global }, ..documented }
}

/// Why a peer that keeps Discord's limits would not take a message.
fn refusal(peer: &Peer, name: &str, body: &[u8]) -> Result<Option<String>> {
    let url = format!("{}?wait=true&with_components=true", peer.add_webhook(false));
    let reply = http::post(&url, &[], body)?;
    let request = peer.requests().pop().unwrap_or_else(|| unreachable!("the request was answered"));
    let fine = reply.status == 200 && request.ignored.is_empty();
    Ok((!fine).then(|| format!("{name}: {} ignoring {:?}: {}", reply.status, request.ignored, reply.text())))
}

#[test]
fn only_heartbeats_are_not_told() -> Result<()> {
    for (name, example) in proofs::examples(&proofs::load(&folder())?) {
        assert_eq!(golden::preview(&name, &example)?.is_none(), name == "Watchdog", "{name}");
    }
    Ok(())
}
