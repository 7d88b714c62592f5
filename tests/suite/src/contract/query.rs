//! PromQL taken apart by a real parser: what an expression selects, and the labels it names.

use std::collections::BTreeSet;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector};

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `=` or `!=`: one word.
    Word,
    /// `=~` or `!~`: a pattern.
    Pattern,
}

/// One label of a selector and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The label.
    pub label: String,
    /// How.
    pub compare: Compare,
    /// With what.
    pub value: String,
}

/// One selected family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The family; empty for a selector without a name.
    pub family: String,
    /// Its matchers.
    pub matches: Vec<Match>,
}

/// Everything an expression names.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What it selects.
    pub selectors: Vec<Selector>,
    /// Labels it groups by, joins on or brings along.
    pub labels: BTreeSet<String>,
    /// Labels it makes itself.
    pub made: BTreeSet<String>,
}

impl Query {
    /// Parses one expression.
    ///
    /// # Errors
    /// The parser's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut query = Self::default();
        query.walk(&promql_parser::parser::parse(text)?);
        Ok(query)
    }

    fn walk(&mut self, expr: &Expr) {
        match expr {
            Expr::Aggregate(aggregate) => {
                self.labels.extend(aggregate.modifier.iter().flat_map(|modifier| modifier.labels().labels.clone()));
                self.walk(&aggregate.expr);
                aggregate.param.iter().for_each(|param| self.walk(param));
            }
            Expr::Binary(binary) => {
                if let Some(modifier) = &binary.modifier {
                    self.labels.extend(modifier.matching.iter().flat_map(|on| on.labels().labels.clone()));
                    self.labels.extend(modifier.card.labels().iter().flat_map(|brought| brought.labels.clone()));
                }
                self.walk(&binary.lhs);
                self.walk(&binary.rhs);
            }
            Expr::Call(call) => {
                if let ("label_replace" | "label_join", Some(Expr::StringLiteral(made))) =
                    (call.func.name, call.args.args.get(1).map(AsRef::as_ref))
                {
                    self.made.insert(made.val.clone());
                }
                call.args.args.iter().for_each(|argument| self.walk(argument));
            }
            Expr::Unary(unary) => self.walk(&unary.expr),
            Expr::Paren(paren) => self.walk(&paren.expr),
            Expr::Subquery(sub) => self.walk(&sub.expr),
            Expr::VectorSelector(selector) => self.select(selector),
            Expr::MatrixSelector(matrix) => self.select(&matrix.vs),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
        }
    }

    fn select(&mut self, selector: &VectorSelector) {
        let all = selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten());
        let matches: Vec<Match> = all.map(of_matcher).collect();
        let named = matches.iter().find(|one| one.label == NAME).map(|one| one.value.clone());
        let family = selector.name.clone().or(named).unwrap_or_default();
        let matches = matches.into_iter().filter(|one| one.label != NAME).collect();
        self.selectors.push(Selector { family, matches });
    }
}

const NAME: &str = "__name__";

fn of_matcher(matcher: &Matcher) -> Match {
    let compare = match matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => Compare::Word,
        MatchOp::Re(_) | MatchOp::NotRe(_) => Compare::Pattern,
    };
    Match { label: matcher.name.clone(), compare, value: matcher.value.clone() }
}

/// The expressions inside a template: the texts given to `query`, straight or through `printf`, with its verbs filled in.
#[must_use]
pub fn inside_template(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in template.split("query ").skip(1) {
        let rest = rest.strip_prefix("(printf ").unwrap_or(rest);
        let Some(quote) = rest.chars().next().filter(|quote| ['`', '"'].contains(quote)) else { continue };
        if let Some(text) = rest[1..].split(quote).next() {
            found.push(text.replace("%q", "\"x\"").replace("%s", "x").replace("%d", "1"));
        }
    }
    found
}

/// The labels a template reads of its alert.
#[must_use]
pub fn template_labels(template: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    template.split("$labels.").skip(1).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_found_wherever_they_hide() {
        let text = "sum by (pool) (rate(a_total[5m])) / on (pool) group_left (guid) b{x=\"1\"} or topk(scalar(c), -d) or {__name__=\"e\"}";
        let query = Query::parse(text).unwrap();
        let families: Vec<&str> = query.selectors.iter().map(|one| one.family.as_str()).collect();
        assert_eq!(families, ["a_total", "b", "d", "c", "e"]);
        assert_eq!(query.labels.iter().collect::<Vec<_>>(), ["guid", "pool"]);
    }

    #[test]
    fn a_label_made_on_the_way_is_known() {
        let query = Query::parse("count by (group) (label_replace(a, \"group\", \"$1\", \"vdev\", \"(.*)\"))").unwrap();
        assert!(query.made.contains("group"));
    }

    #[test]
    fn queries_of_templates_are_found() {
        let template = "{{ range query (printf `a{x=%q} == 1` $labels.x) }}{{ end }}{{ with query \"b\" }}{{ end }}";
        assert_eq!(inside_template(template), ["a{x=\"x\"} == 1", "b"]);
        assert_eq!(template_labels(template).into_iter().collect::<Vec<_>>(), ["x"]);
    }
}
