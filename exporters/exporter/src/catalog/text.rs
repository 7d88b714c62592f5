//! One family per line: `name{labels} type: help`.

use std::fmt::Write as _;

use gjallarhorn_metrics::Definition;

use super::Chapter;

pub(super) fn write(chapters: &[Chapter]) -> String {
    let mut out = String::new();
    for family in chapters.iter().flat_map(|chapter| chapter.table) {
        let _ = writeln!(out, "{} {}: {}", series(family), family.kind.word(), family.help);
    }
    out
}

fn series(family: &Definition) -> String {
    let labels: Vec<&str> = family.labels.iter().map(|label| label.name).collect();
    if labels.is_empty() { family.name.to_owned() } else { format!("{}{{{}}}", family.name, labels.join(",")) }
}
