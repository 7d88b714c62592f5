//! The rule files: every alert with its expression and its words.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::tree;

/// One alerting rule.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Alert {
    /// The alert's name.
    #[serde(rename = "alert")]
    pub name: String,
    /// PromQL.
    pub expr: String,
    /// Static labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Go templates, by name.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Alert>,
}

/// The folders of rules: on for everybody, and on for who asks.
pub const SETS: &[&str] = &["essential", "optional"];

/// Every alert of every rule file below `rules`, tests left out.
///
/// # Errors
/// When a file cannot be read or is no rule file.
pub fn load(rules: &Path) -> Result<Vec<Alert>> {
    let mut alerts = Vec::new();
    for set in SETS {
        alerts.extend(load_set(&rules.join(set))?);
    }
    Ok(alerts)
}

/// Every alert of the rule files in one folder.
///
/// # Errors
/// When a file cannot be read or is no rule file.
pub fn load_set(folder: &Path) -> Result<Vec<Alert>> {
    let mut alerts = Vec::new();
    for file in tree::files(folder, ".yaml")? {
        alerts.extend(parse(&tree::read(&folder.join(&file))?).with_context(|| file.display().to_string())?);
    }
    Ok(alerts)
}

/// The alerts of one rule file.
///
/// # Errors
/// When the text is no rule file.
pub fn parse(text: &str) -> Result<Vec<Alert>> {
    let file: File = yaml_serde::from_str(text).context("read a rule file")?;
    Ok(file.groups.into_iter().flat_map(|group| group.rules).collect())
}
