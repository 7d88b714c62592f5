//! Which of the project's alert rules watch a role: read out of the rules themselves, which are part of the binary.
//! No list is kept by hand.

use gjallarhorn_metrics::Definition;
use gjallarhorn_service::config;
use serde::Deserialize;

/// The rules that are on by default.
const RULES: &[&str] = &[
    include_str!("../../../rules/essential/zfs.yaml"),
    include_str!("../../../rules/essential/pi.yaml"),
    include_str!("../../../rules/essential/node.yaml"),
    include_str!("../../../rules/essential/quorum.yaml"),
    include_str!("../../../rules/essential/watching.yaml"),
];

/// An alert and how bad it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watcher {
    pub(crate) alert: String,
    pub(crate) severity: String,
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    alert: Option<String>,
    expr: String,
    #[serde(default)]
    labels: Labels,
}

#[derive(Default, Deserialize)]
struct Labels {
    #[serde(default)]
    severity: String,
}

/// The alerts whose expression reads a family of one of `tables`, in the order of the rule files.
pub(crate) fn of(tables: &[&[&Definition]]) -> Vec<Watcher> {
    let names: Vec<&str> = tables.iter().flat_map(|table| table.iter().map(|family| family.name)).collect();
    let files = RULES.iter().filter_map(|text| config::parse::<File>("rules", text).ok());
    let rules = files.flat_map(|file| file.groups).flat_map(|group| group.rules);
    let watching = rules.filter(|rule| words(&rule.expr).any(|word| names.contains(&word)));
    let watcher = |rule: Rule| Some(Watcher { alert: rule.alert?, severity: rule.labels.severity });
    watching.filter_map(watcher).collect()
}

/// The words of an expression that could be names of metrics.
fn words(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != ':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use gjallarhorn_service::families;

    #[test]
    fn every_rule_file_can_be_read() {
        for text in RULES {
            let file: File = config::parse("rules", text).unwrap();
            assert!(!file.groups.is_empty());
        }
    }

    #[test]
    fn rules_are_found_by_the_families_they_read() {
        let alerts = |tables: &[&[&Definition]]| of(tables).into_iter().map(|found| found.alert).collect::<Vec<_>>();
        assert!(alerts(&[families::TABLE]).contains(&String::from("SourceBlocked")));
        assert!(!alerts(&[families::TABLE]).contains(&String::from("ZfsPoolSuspended")));
        assert!(alerts(&[]).is_empty());
    }

    #[test]
    fn a_part_of_a_name_is_no_name() {
        assert!(words("max(zfs_up{a=\"b\"}[1h]) > 0").any(|word| word == "zfs_up"));
        assert!(words("zfs_pool_state_old == 1").all(|word| word != "zfs_pool_state"));
    }
}
