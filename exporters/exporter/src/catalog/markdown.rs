//! `docs/metrics.md`: a chapter per role, a table row per family, and the words that labels may take.

use std::fmt::Write as _;

use gjallarhorn_metrics::{Definition, Label};

use super::{Chapter, words};

const HEAD: &str = "\
# Metrics

Every family that `gjallarhorn-exporter` can show. Generated from the family tables; a test fails when this page is stale.
Refresh it with

    cargo run -p gjallarhorn-exporter -- families --format markdown > docs/metrics.md

A value that does not apply or could not be read is **no sample**, never a 0. A label with a list of values takes one of
them and no other; a state set has one series per value, 1 for the current one.
";

pub(super) fn write(chapters: &[Chapter]) -> String {
    let mut out = String::from(HEAD);
    for chapter in chapters {
        let _ = write!(out, "\n## {}\n\n{}\n\n", chapter.name, chapter.about);
        out.push_str("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        for family in chapter.table {
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {} |",
                family.name,
                family.kind.word(),
                labels(family),
                cell(family.help)
            );
        }
        out.push_str(&vocabulary(chapter));
    }
    out
}

fn labels(family: &Definition) -> String {
    family.labels.iter().map(|label| format!("`{}`", label.name)).collect::<Vec<_>>().join(", ")
}

/// The lists of label values, each once with the families that use it.
fn vocabulary(chapter: &Chapter) -> String {
    let mut lists: Vec<(&Label, Vec<&str>)> = Vec::new();
    for family in chapter.table {
        for label in family.labels.iter().filter(|label| words(label.allowed).is_some()) {
            match lists.iter_mut().find(|(known, _)| *known == label) {
                Some((_, users)) => users.push(family.name),
                None => lists.push((label, vec![family.name])),
            }
        }
    }
    let mut out = String::new();
    for (label, users) in lists {
        let values = words(label.allowed).unwrap_or_default().join("`, `");
        let _ = write!(out, "\n`{}` of `{}`: `{values}`.\n", label.name, users.join("`, `"));
    }
    out
}

/// Text within a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
