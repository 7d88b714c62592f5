//! One thing that must be told: on whose page, which sample, which value.

use gjallarhorn_rig::chain::Page;

/// Whose exporter must say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Every node's, dead nodes included: only their dqlite is dead.
    Everyone,
    /// Every node's that nothing was done to.
    Others,
    /// That of each node that something was done to.
    Hit,
    /// The leader's.
    Leader,
}

/// A node as an expectation sees it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Something was done to it.
    pub hit: bool,
    /// It leads.
    pub leads: bool,
}

/// A sample that must be there.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    who: Who,
    family: &'static str,
    labels: &'static [&'static str],
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Is(f64),
    /// A counter with this reason, for each node that was hit, that has counted something.
    Counts(&'static str),
    /// No such sample: it is not known.
    Nothing,
}

impl Who {
    /// The sample of `family` with these labels is `value`. In a label, `{hit}` is the address of each node that was hit,
    /// `{leader}` the leader's.
    pub(super) const fn says(self, family: &'static str, labels: &'static [&'static str], value: f64) -> Told {
        Told { who: self, family, labels, wanted: Wanted::Is(value) }
    }

    /// There is no sample of `family`: nothing is promised.
    pub(super) const fn is_silent(self, family: &'static str) -> Told {
        Told { who: self, family, labels: &[], wanted: Wanted::Nothing }
    }

    /// A counter of the peers that were hit has counted this reason.
    pub(super) const fn counts(self, family: &'static str, reason: &'static str) -> Told {
        Told { who: self, family, labels: &["peer=\"{hit}\""], wanted: Wanted::Counts(reason) }
    }

    fn is(self, place: Place) -> bool {
        match self {
            Who::Everyone => true,
            Who::Others => !place.hit,
            Who::Hit => place.hit,
            Who::Leader => place.leads,
        }
    }
}

impl Told {
    /// What is missing on the page of the node at `place`; nothing if it need not say it.
    #[must_use]
    pub fn missing(&self, page: &Page, place: Place, hit: &[String], leader: &str) -> Vec<String> {
        if !self.who.is(place) {
            return Vec::new();
        }
        let about_hit = self.labels.iter().any(|label| label.contains("{hit}"));
        let nodes: Vec<&str> = if about_hit { hit.iter().map(String::as_str).collect() } else { vec![""] };
        nodes.into_iter().filter_map(|hit| self.fault(page, hit, leader)).collect()
    }

    fn fault(&self, page: &Page, hit: &str, leader: &str) -> Option<String> {
        let mut labels: Vec<String> =
            self.labels.iter().map(|label| label.replace("{hit}", hit).replace("{leader}", leader)).collect();
        if let Wanted::Counts(reason) = self.wanted {
            labels.push(format!("reason=\"{reason}\""));
        }
        let words: Vec<&str> = labels.iter().map(String::as_str).collect();
        let value = page.value(self.family, &words);
        let good = match self.wanted {
            Wanted::Is(wanted) => value == Some(wanted),
            Wanted::Counts(_) => value.is_some_and(|count| count > 0.0),
            Wanted::Nothing => value.is_none(),
        };
        (!good).then(|| format!("{} {labels:?} is {value:?}, not {:?}", self.family, self.wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: Told = Who::Others.says("up", &["peer=\"{hit}\""], 0.0);
    const OTHER: Place = Place { hit: false, leads: false };

    fn page(text: &str) -> Page {
        Page { text: text.into() }
    }

    #[test]
    fn each_node_that_was_hit_must_be_spoken_of() {
        let hit = ["a".to_owned(), "b".to_owned()];
        let missing = TOLD.missing(&page("up{peer=\"a\"} 0\nup{peer=\"b\"} 1\n"), OTHER, &hit, "");
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].contains("peer=\\\"b\\\""), "{missing:?}");
    }

    #[test]
    fn a_node_that_need_not_say_it_is_let_off() {
        assert!(TOLD.missing(&page(""), Place { hit: true, leads: false }, &["a".to_owned()], "").is_empty());
    }

    #[test]
    fn a_sample_that_is_not_there_is_missing() {
        assert_eq!(TOLD.missing(&page(""), OTHER, &["a".to_owned()], "").len(), 1);
    }

    #[test]
    fn who_must_be_silent_has_no_sample() {
        let told = Who::Everyone.is_silent("safe");
        assert!(told.missing(&page("other 1\n"), OTHER, &[], "").is_empty());
        assert_eq!(told.missing(&page("safe 0\n"), OTHER, &[], "").len(), 1);
    }

    #[test]
    fn a_counter_must_have_counted() {
        let told = Who::Everyone.counts("fails", "refused");
        let hit = ["a".to_owned()];
        assert!(told.missing(&page("fails{peer=\"a\",reason=\"refused\"} 2\n"), OTHER, &hit, "").is_empty());
        assert_eq!(told.missing(&page("fails{peer=\"a\",reason=\"refused\"} 0\n"), OTHER, &hit, "").len(), 1);
        assert_eq!(told.missing(&page("fails{peer=\"a\",reason=\"reset\"} 2\n"), OTHER, &hit, "").len(), 1);
    }
}
