//! The compact form of a dashboard, one YAML file each.
//!
//! An expression says `@` where the choices at the top of the page belong, and `@host` where only those of the host do:
//! `zfs_pool_state{@,state="online"}`. Colours are words: `red`, or `red 80` for "red from 80 on"; `words` turns numbers into
//! `TEXT COLOUR`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// One dashboard.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its title.
    pub title: String,
    /// The name of its file and of its address in Grafana.
    pub uid: String,
    /// What question it answers.
    pub about: String,
    /// How far back it looks at first (`6h`).
    #[serde(default = "six_hours")]
    pub span: String,
    /// The choices at the top, in order; `job` and the data source are added before them.
    pub variables: Vec<Variable>,
    /// Its rows, top down.
    pub rows: Vec<Row>,
}

fn six_hours() -> String {
    "6h".to_owned()
}

/// One choice at the top of the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The label it chooses by, which is also its name.
    pub label: String,
    /// The selector whose series have that label; may use `@`, which then stands for the choices before this one.
    pub of: String,
}

/// A headed group of panels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its heading.
    pub row: String,
    /// Its panels, from left to right and on to the next line.
    pub panels: Vec<Panel>,
}

/// What a panel looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers of now, coloured.
    Stat,
    /// Bars of now, side by side.
    Bars,
    /// Lines over time.
    Lines,
    /// Bands of states over time.
    Timeline,
    /// A table of now; questions are joined by the labels they share.
    Table,
    /// A table of now with one label down, another across, and a coloured word where they meet.
    Matrix,
}

/// One panel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What it looks like.
    pub kind: Kind,
    /// Its heading.
    pub title: String,
    /// What it shows and when to worry.
    pub about: String,
    /// Columns of 24 and rows; a kind has its own default.
    pub size: Option<(u8, u8)>,
    /// Grafana's id of the unit.
    #[serde(default = "none")]
    pub unit: String,
    /// Colours and from where on; the first has no number.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Numbers that are words: `TEXT COLOUR`.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// What it asks.
    pub ask: Vec<Ask>,
    /// `[down, across]` of a matrix: two labels.
    pub matrix: Option<(String, String)>,
    /// Columns of a table in their order: a label, or the letter of a question, and its heading.
    #[serde(default)]
    pub columns: Vec<Column>,
}

fn none() -> String {
    "none".to_owned()
}

/// One question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// PromQL with `@`.
    pub expr: String,
    /// What a series is called: labels in `{{}}`.
    #[serde(default)]
    pub legend: String,
}

/// One column of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// A label of the answers, or the letter of a question (`A`) for its numbers.
    pub of: String,
    /// Its heading.
    #[serde(rename = "as")]
    pub heading: String,
    /// Unit of its numbers.
    pub unit: Option<String>,
    /// Numbers that are words, as in a panel.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Colours, as in a panel.
    #[serde(default)]
    pub steps: Vec<String>,
}

impl Dashboard {
    /// Reads one.
    ///
    /// # Errors
    /// When the text is no such source; the place is in the error.
    pub fn parse(text: &str) -> Result<Self> {
        yaml_serde::from_str(text).context("read the source of a dashboard")
    }

    /// An expression with `@` and `@host` filled in by the first `count` variables.
    #[must_use]
    pub fn expand(&self, text: &str, count: usize) -> String {
        let matcher = |label: &str| format!("{label}=~\"${label}\"");
        let chosen = |labels: &[Variable]| {
            let names = labels.iter().map(|variable| variable.label.as_str());
            std::iter::once("job").chain(names).map(matcher).collect::<Vec<_>>().join(",")
        };
        let variables = &self.variables[..count.min(self.variables.len())];
        let hosts: Vec<Variable> = variables.iter().filter(|variable| variable.label == "instance").cloned().collect();
        text.replace("@host", &chosen(&hosts)).replace('@', &chosen(variables))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashboard() -> Dashboard {
        let text =
            "{title: t, uid: u, about: a, rows: [], variables: [{label: instance, of: up}, {label: pool, of: x}]}";
        Dashboard::parse(text).unwrap()
    }

    #[test]
    fn choices_are_filled_in() {
        let expand = |text, count| dashboard().expand(text, count);
        assert_eq!(expand("a{@,b=\"c\"}", 2), "a{job=~\"$job\",instance=~\"$instance\",pool=~\"$pool\",b=\"c\"}");
        assert_eq!(expand("a{@host}", 2), "a{job=~\"$job\",instance=~\"$instance\"}");
        assert_eq!(expand("a{@}", 0), "a{job=~\"$job\"}");
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(Dashboard::parse("{title: t, uid: u, about: a, rows: [], variables: [], colour: red}").is_err());
    }
}
