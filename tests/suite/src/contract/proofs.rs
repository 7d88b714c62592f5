//! The promtool tests of the rules: which alerts are shown to fire, with what words, and which to keep still.
//!
//! promtool compares these expectations with what Prometheus makes of the rules, so an expected alert here is a real one,
//! templates filled in: good enough to be rendered and looked at.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use yaml_serde::Value;

use crate::tree;

/// A moment at which an alert is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Proof {
    /// The alert's name.
    pub alertname: String,
    /// What must fire then; empty shows that it keeps still.
    #[serde(default)]
    pub exp_alerts: Vec<Expected>,
}

/// An alert as Prometheus sends it, without its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Expected {
    /// Labels.
    #[serde(rename = "exp_labels", default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations with their templates filled in.
    #[serde(rename = "exp_annotations", default)]
    pub annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct File {
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    #[serde(default)]
    alert_rule_test: Vec<Proof>,
}

/// Every proof of every test file below `rules/tests`, in order.
///
/// # Errors
/// When a file cannot be read or is no promtool test.
pub fn load(rules: &Path) -> Result<Vec<Proof>> {
    let folder = rules.join("tests");
    let mut proofs = Vec::new();
    for file in tree::files(&folder, ".yaml")? {
        proofs.extend(parse(&tree::read(&folder.join(&file))?).with_context(|| file.display().to_string())?);
    }
    Ok(proofs)
}

/// The proofs of one test file.
///
/// # Errors
/// When the text is no promtool test.
pub fn parse(text: &str) -> Result<Vec<Proof>> {
    let mut value: Value = yaml_serde::from_str(text).context("read a promtool test")?;
    value.apply_merge().context("apply the merge keys of a promtool test")?;
    let file: File = yaml_serde::from_value(value).context("understand a promtool test")?;
    Ok(file.tests.into_iter().flat_map(|test| test.alert_rule_test).collect())
}

/// The first expected alert for each name: the one that is rendered.
#[must_use]
pub fn examples(proofs: &[Proof]) -> BTreeMap<String, Expected> {
    let mut examples = BTreeMap::new();
    for proof in proofs {
        if let Some(first) = proof.exp_alerts.first() {
            examples.entry(proof.alertname.clone()).or_insert_with(|| first.clone());
        }
    }
    examples
}
