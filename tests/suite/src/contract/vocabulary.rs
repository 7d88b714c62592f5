//! Every family that a rule may name: ours from the family tables, others from `rules/foreign-families.yaml`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use gjallarhorn_metrics::{Allowed, Definition, Kind};
use serde::Deserialize;

use super::query::{Compare, Match, Query, Selector};

/// The values a label may take; `None` for any.
type Values = Option<Vec<String>>;

/// Families and their labels.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary(BTreeMap<String, BTreeMap<String, Values>>);

/// Labels that Prometheus adds to everything it scrapes.
const TARGET: &[&str] = &["job", "instance"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Foreign {
    families: Vec<ForeignFamily>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForeignFamily {
    name: String,
    from: String,
    version: String,
    labels: BTreeMap<String, ForeignValues>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ForeignValues {
    Word(String),
    Words(Vec<String>),
}

impl Vocabulary {
    /// Everything that this checkout declares: the tables of all programs, and the list of what is not ours.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn of_checkout() -> Result<Self> {
        let foreign = gjallarhorn_rig::place::checkout().join("rules/foreign-families.yaml");
        Self::default()
            .with_table(gjallarhorn_role_zfs::families::TABLE)
            .with_table(gjallarhorn_role_pi::families::TABLE)
            .with_table(gjallarhorn_role_node::families::TABLE)
            .with_table(gjallarhorn_role_quorum::families::TABLE)
            .with_table(gjallarhorn_service::families::TABLE)
            .with_table(gjallarhorn_router::families::TABLE)
            .with_foreign(&crate::tree::read(&foreign)?)
    }

    /// Adds the families of a table.
    #[must_use]
    pub fn with_table(mut self, table: &[&Definition]) -> Self {
        for family in table {
            let mut labels: BTreeMap<String, Values> = TARGET.iter().map(|label| ((*label).to_owned(), None)).collect();
            for label in family.labels {
                let values = match label.allowed {
                    Allowed::Any => None,
                    Allowed::OneOf(words) => Some(words.iter().map(|word| (*word).to_owned()).collect()),
                };
                labels.insert(label.name.to_owned(), values);
            }
            if family.kind != Kind::Histogram {
                self.0.insert(family.name.to_owned(), labels);
                continue;
            }
            for suffix in ["_sum", "_count"] {
                self.0.insert(format!("{}{suffix}", family.name), labels.clone());
            }
            labels.insert("le".to_owned(), None);
            self.0.insert(format!("{}_bucket", family.name), labels);
        }
        self
    }

    /// Adds the families of other projects.
    ///
    /// # Errors
    /// When the text is not such a list, or a family does not say where and in which version it was looked at.
    pub fn with_foreign(mut self, text: &str) -> Result<Self> {
        let foreign: Foreign = yaml_serde::from_str(text).context("read the list of foreign families")?;
        for family in foreign.families {
            ensure!(!family.from.is_empty() && !family.version.is_empty(), "{} has no origin", family.name);
            let values = |values| match values {
                ForeignValues::Word(word) if word == "any" => None,
                ForeignValues::Word(word) => Some(vec![word]),
                ForeignValues::Words(words) => Some(words),
            };
            let labels = family.labels.into_iter().map(|(label, allowed)| (label, values(allowed))).collect();
            self.0.insert(family.name, labels);
        }
        Ok(self)
    }

    /// What is wrong with an expression. `where_` begins each finding.
    #[must_use]
    pub fn judge(&self, where_: &str, text: &str) -> Vec<String> {
        let query = match Query::parse(text) {
            Ok(query) => query,
            Err(why) => return vec![format!("{where_}: not PromQL: {why}")],
        };
        let mut findings: Vec<String> = query.selectors.iter().flat_map(|one| self.judge_selector(one)).collect();
        let known = self.labels_of(&query);
        let unknown = query.labels.iter().filter(|label| !known.contains(label));
        findings.extend(unknown.map(|label| format!("no family in the expression has a label `{label}`")));
        findings.into_iter().map(|finding| format!("{where_}: {finding}")).collect()
    }

    /// The labels an alert of this expression can have.
    #[must_use]
    pub fn alert_labels(&self, text: &str) -> Vec<String> {
        Query::parse(text).map(|query| self.labels_of(&query).into_iter().cloned().collect()).unwrap_or_default()
    }

    fn labels_of<'a>(&'a self, query: &'a Query) -> Vec<&'a String> {
        let families = query.selectors.iter().filter_map(|one| self.0.get(&one.family));
        families.flat_map(BTreeMap::keys).chain(&query.made).collect()
    }

    fn judge_selector(&self, selector: &Selector) -> Vec<String> {
        let Some(labels) = self.0.get(&selector.family) else {
            return vec![format!("no such family: `{}`", selector.family)];
        };
        let judge = |one: &Match| match labels.get(&one.label) {
            None => Some(format!("`{}` has no label `{}`", selector.family, one.label)),
            Some(None) => None,
            Some(Some(allowed)) => strange_value(one, allowed)
                .map(|value| format!("`{}` of `{}` is never {value:?}", one.label, selector.family)),
        };
        selector.matches.iter().filter_map(judge).collect()
    }
}

/// The first value of a matcher that the label can never have. A pattern may be words between bars; anything richer is
/// refused for a closed set, so that a misspelt word cannot hide in it.
fn strange_value(one: &Match, allowed: &[String]) -> Option<String> {
    let known = |word: &&str| allowed.iter().any(|value| value == word);
    match one.compare {
        Compare::Word => Some(one.value.as_str()).filter(|word| !word.is_empty() && !known(word)).map(str::to_owned),
        Compare::Pattern => one.value.split('|').find(|word| !known(word)).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    gjallarhorn_metrics::families! {
        /// A state.
        pub STATE = gauge "a_state" None [pool, state: &["online", "degraded"]];
        /// A span.
        pub SPAN = histogram "a_span_seconds" Seconds [];
    }

    fn findings(text: &str) -> String {
        let foreign = "families: [{name: up, from: prometheus, version: 1.0.0, labels: {job: any, kind: [a, b]}}]";
        Vocabulary::default().with_table(TABLE).with_foreign(foreign).unwrap().judge("here", text).join("\n")
    }

    #[test]
    fn what_is_declared_may_be_named() {
        for good in [
            "a_state{state=\"online\",job=~\".*x.*\"}",
            "a_state{state=~\"online|degraded\"}",
            "histogram_quantile(0.9, sum by (le, job) (rate(a_span_seconds_bucket[5m])))",
            "up{kind=\"a\"} unless on (job) a_state",
        ] {
            assert_eq!(findings(good), "");
        }
    }

    #[test]
    fn each_planted_mistake_is_found() {
        for (bad, finding) in [
            ("b_state", "no such family"),
            ("a_state{colour=\"red\"}", "no label `colour`"),
            ("a_state{state=\"onlin\"}", "never \"onlin\""),
            ("a_state{state!=\"onlin\"}", "never \"onlin\""),
            ("a_state{state=~\"online|degrade\"}", "never \"degrade\""),
            ("rate(a_span_seconds[5m])", "no such family"),
            ("up{kind=\"c\"}", "never \"c\""),
            ("sum by (disk) (a_state)", "label `disk`"),
            ("a_state * on (job) group_left (guid) up", "label `guid`"),
            ("sum(", "not PromQL"),
        ] {
            assert!(findings(bad).contains(finding), "{bad}: {}", findings(bad));
        }
    }

    #[test]
    fn a_foreign_family_without_a_version_is_refused() {
        assert!(
            Vocabulary::default().with_foreign("families: [{name: up, from: x, version: '', labels: {}}]").is_err()
        );
        assert!(Vocabulary::default().with_foreign("families: [{name: up, from: x, labels: {}}]").is_err());
    }
}
