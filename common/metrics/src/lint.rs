//! What a good family table is: the conventions of Prometheus' naming pages and what `promtool check metrics` asks,
//! and beyond it what promtool lets pass (percentages, units that the table and the name disagree on, labels that a
//! scrape itself sets).
//!
//! One rule is one function in [`name`], [`text`] or [`labels`]; [`tables`] applies all of them. Findings are words for
//! the person who wrote the row.

mod labels;
mod name;
mod text;

use std::collections::HashSet;
use std::fmt;

use crate::family::Definition;

/// One broken rule of one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The family's name.
    pub family: &'static str,
    /// What is wrong, and what would be right.
    pub words: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.family, self.words)
    }
}

/// Every finding of one table, in its order; empty for a good one.
#[must_use]
pub fn table(table: &[&'static Definition]) -> Vec<Finding> {
    tables(&[table])
}

/// Every finding of all tables that one page shows, names that occur twice among them included.
#[must_use]
pub fn tables(tables: &[&[&'static Definition]]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = HashSet::new();
    for definition in tables.iter().flat_map(|table| table.iter()) {
        let mut words = Vec::new();
        name::check(definition, &mut words);
        text::check(definition, &mut words);
        labels::check(definition, &mut words);
        if !names.insert(definition.name) {
            words.push(String::from("the name is declared twice"));
        }
        findings.extend(words.into_iter().map(|words| Finding { family: definition.name, words }));
    }
    findings
}

#[cfg(test)]
mod tests;
