//! Rules of a family's labels.

use std::collections::HashSet;

use crate::family::{Allowed, Definition, Label};

/// Labels that a scrape, a histogram or a whole fleet already uses, with the reason why a family may not.
const FORBIDDEN: &[(&str, &str)] = &[
    ("le", "it is the bucket bound of histograms"),
    ("quantile", "it is the quantile of summaries"),
    ("instance", "the scrape sets it"),
    ("job", "the scrape sets it"),
    ("alertname", "alerts set it"),
    ("severity", "alerts set it"),
    ("env", "users set it on their targets"),
    ("environment", "users set it on their targets"),
    ("zone", "users set it on their targets"),
    ("dc", "users set it on their targets"),
    ("owner", "users set it on their targets"),
    ("team", "users set it on their targets"),
];

/// All rules of this file.
pub(super) fn check(family: &Definition, words: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for label in family.labels {
        letters(label.name, words);
        if let Some((name, reason)) = FORBIDDEN.iter().find(|(name, _)| *name == label.name) {
            words.push(format!("the label `{name}` is not ours: {reason}"));
        }
        if !seen.insert(label.name) {
            words.push(format!("the label `{}` is there twice", label.name));
        }
        values(label, words);
    }
}

fn letters(name: &str, words: &mut Vec<String>) {
    let good = name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    if !good || name.starts_with('_') || name.ends_with('_') || name.is_empty() {
        words.push(format!("the label `{name}` is written in lower case: [a-z_]+, no underscore at its ends"));
    }
}

/// The words a label may take: at least one, none twice, none empty (an empty value is no label at all).
fn values(label: &Label, words: &mut Vec<String>) {
    let Allowed::OneOf(allowed) = label.allowed else { return };
    let mut seen = HashSet::new();
    if allowed.is_empty() || allowed.contains(&"") {
        words.push(format!("the label `{}` allows nothing, or the empty word", label.name));
    }
    for word in allowed.iter().filter(|word| !seen.insert(**word)) {
        words.push(format!("the label `{}` allows `{word}` twice", label.name));
    }
}
