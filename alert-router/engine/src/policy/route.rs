//! The route tree, walked as Alertmanager walks its own.

use std::time::Duration;

use super::{Matcher, Policy};
use crate::names::TargetName;
use crate::webhook::Labels;

/// A node of the route tree. The first child that matches takes the alert, and further ones if it says `go_on`.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// All must match. Empty matches everything; the root's are not asked.
    pub matchers: Vec<Matcher>,
    /// Whom to tell; empty takes the parent's, and at the root every target.
    pub targets: Vec<TargetName>,
    /// Alertmanager's `continue`: later siblings are asked, too.
    pub go_on: bool,
    /// The reminder interval of what ends here; `None` takes the parent's.
    pub reminder: Option<Duration>,
    /// Children, in order.
    pub routes: Vec<Route>,
}

/// Where an alert goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whom to tell.
    pub targets: Vec<TargetName>,
    /// How often to remind.
    pub reminder: Duration,
}

impl Policy {
    /// The ways of an alert with these labels, in the order of the tree. At least one, perhaps without targets.
    pub fn ways(&self, labels: &Labels) -> Vec<Way> {
        let everyone = Way { targets: self.targets.keys().cloned().collect(), reminder: self.reminder };
        let mut ways = Vec::new();
        walk(&self.routes, &everyone, labels, &mut ways);
        ways
    }
}

fn walk(route: &Route, parent: &Way, labels: &Labels, ways: &mut Vec<Way>) {
    let targets = if route.targets.is_empty() { &parent.targets } else { &route.targets };
    let here = Way { targets: targets.clone(), reminder: route.reminder.unwrap_or(parent.reminder) };
    let before = ways.len();
    for child in &route.routes {
        if child.matchers.iter().all(|matcher| matcher.matches(labels)) {
            walk(child, &here, labels, ways);
            if !child.go_on {
                break;
            }
        }
    }
    if ways.len() == before {
        ways.push(here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(name: &str, matchers: &[&str], go_on: bool) -> Route {
        Route {
            matchers: matchers.iter().map(|text| Matcher::parse(text).unwrap()).collect(),
            targets: vec![TargetName(name.to_owned())],
            go_on,
            ..Route::default()
        }
    }

    fn told(root: Route, pairs: &[(&str, &str)]) -> Vec<String> {
        let policy = Policy { routes: root, ..Policy::default() };
        let labels = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        policy.ways(&labels).into_iter().flat_map(|way| way.targets).map(|target| target.0).collect()
    }

    fn tree() -> Route {
        let mut phone = to("phone", &["severity=critical"], true);
        phone.routes = vec![to("night", &["node=~pi-.*"], false)];
        Route { routes: vec![phone, to("mail", &["severity!=info"], false)], ..to("log", &[], false) }
    }

    #[test]
    fn the_first_child_takes_it_and_continue_asks_the_next() {
        assert_eq!(told(tree(), &[("severity", "critical"), ("node", "odin")]), ["phone", "mail"]);
        assert_eq!(told(tree(), &[("severity", "critical"), ("node", "pi-1")]), ["night", "mail"]);
        assert_eq!(told(tree(), &[("severity", "warning")]), ["mail"]);
    }

    #[test]
    fn what_no_child_takes_stays_with_the_parent() {
        assert_eq!(told(tree(), &[("severity", "info")]), ["log"]);
    }

    #[test]
    fn without_routes_everyone_is_told() {
        let mut policy = Policy::default();
        for name in ["a", "b"] {
            policy.targets.insert(TargetName(name.to_owned()), super::super::Target::default());
        }
        assert_eq!(policy.ways(&Labels::new())[0].targets.len(), 2);
    }

    #[test]
    fn the_reminder_is_the_nearest_one_above() {
        let day = Duration::from_secs(86_400);
        let mut root = tree();
        root.routes[0].reminder = Some(day);
        let policy = Policy { routes: root, ..Policy::default() };
        let labels = [("severity".to_owned(), "critical".to_owned()), ("node".to_owned(), "pi-1".to_owned())].into();
        let reminders: Vec<_> = policy.ways(&labels).iter().map(|way| way.reminder).collect();
        assert_eq!(reminders, [day, policy.reminder]);
    }
}
