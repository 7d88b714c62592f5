//! An array of families, for programs that check rules and dashboards against it.

use gjallarhorn_metrics::{Definition, Unit};
use serde::Serialize;

use super::{Chapter, words};

#[derive(Serialize)]
struct Family {
    role: &'static str,
    name: &'static str,
    help: &'static str,
    r#type: &'static str,
    /// Absent if the family has no unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    labels: Vec<Label>,
}

#[derive(Serialize)]
struct Label {
    name: &'static str,
    /// Absent if the label may be anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<&'static [&'static str]>,
}

pub(super) fn write(chapters: &[Chapter]) -> String {
    let families: Vec<Family> = chapters
        .iter()
        .flat_map(|chapter| chapter.table.iter().map(|definition| Family::of(chapter.name, definition)))
        .collect();
    // Serialising strings into a string cannot fail; an empty page would be noticed by its readers.
    let mut text = serde_json::to_string_pretty(&families).unwrap_or_default();
    text.push('\n');
    text
}

impl Family {
    fn of(role: &'static str, definition: &'static Definition) -> Family {
        Family {
            role,
            name: definition.name,
            help: definition.help,
            r#type: definition.kind.word(),
            unit: (definition.unit != Unit::None).then(|| definition.unit.word()),
            labels: definition
                .labels
                .iter()
                .map(|label| Label { name: label.name, values: words(label.allowed) })
                .collect(),
        }
    }
}
