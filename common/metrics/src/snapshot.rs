//! A set of samples, rendered once when it is taken and copied out at every scrape.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use crate::encode::{escape_label, write_labels};
use crate::family::{Allowed, Definition, Family};
use crate::value::Value;

/// The samples of one observation, ready to be written out. Immutable: a newer observation replaces it whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Rendered lines of each family, by the family's name.
    blocks: BTreeMap<&'static str, Box<str>>,
    series: usize,
    dropped: usize,
}

impl Snapshot {
    /// An empty builder that takes at most `limit` series and counts the rest.
    #[must_use]
    pub fn builder(limit: usize) -> SnapshotBuilder {
        SnapshotBuilder { limit, ..SnapshotBuilder::default() }
    }

    /// Number of series held.
    #[must_use]
    pub fn series(&self) -> usize {
        self.series
    }

    /// Number of samples refused: over the limit, a label value that the family does not allow, or a series that
    /// was already there (two samples of one series make Prometheus refuse the whole page).
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// The rendered lines of one family, empty if it has no sample here.
    #[must_use]
    pub fn lines(&self, definition: &Definition) -> &str {
        self.blocks.get(definition.name).map_or("", |block| block)
    }
}

/// Collects samples for a [`Snapshot`].
#[derive(Debug, Default)]
pub struct SnapshotBuilder {
    blocks: BTreeMap<&'static str, String>,
    seen: HashSet<String>,
    limit: usize,
    dropped: usize,
}

impl SnapshotBuilder {
    /// Adds one sample.
    pub fn push<const N: usize>(&mut self, family: &Family<N>, labels: [&str; N], value: impl Into<Value>) {
        let definition = &family.definition;
        let allowed = definition.labels.iter().zip(labels).all(|(label, value)| match label.allowed {
            Allowed::Any => true,
            Allowed::OneOf(words) => words.contains(&value),
        });
        debug_assert!(allowed, "{}: {labels:?} is outside the family's table", definition.name);
        let mut series = String::from(definition.name);
        write_labels(&mut series, definition.labels.iter().map(|label| label.name).zip(labels));
        if !allowed || self.seen.len() >= self.limit || !self.seen.insert(series.clone()) {
            self.dropped += 1;
            return;
        }
        let block = self.blocks.entry(definition.name).or_default();
        let _ = writeln!(block, "{series} {}", value.into());
    }

    /// Adds one sample if there is a value; an absent value emits nothing.
    pub fn push_some<const N: usize>(
        &mut self,
        family: &Family<N>,
        labels: [&str; N],
        value: Option<impl Into<Value>>,
    ) {
        if let Some(value) = value {
            self.push(family, labels, value);
        }
    }

    /// Adds a state set: one sample for every word that the family's **last** label allows, 1 for `current`, 0 for the
    /// others. `labels` gives the values of the labels before it; the last one is overwritten.
    pub fn push_states<const N: usize>(&mut self, family: &Family<N>, mut labels: [&str; N], current: &str) {
        let Some(Allowed::OneOf(words)) = family.definition.labels.last().map(|label| label.allowed) else {
            return;
        };
        for word in words {
            labels[N - 1] = word;
            self.push(family, labels, *word == current);
        }
    }

    /// The finished, immutable snapshot.
    #[must_use]
    pub fn finish(self) -> Snapshot {
        let _ = escape_label;
        Snapshot {
            series: self.seen.len(),
            dropped: self.dropped,
            blocks: self.blocks.into_iter().map(|(name, block)| (name, block.into_boxed_str())).collect(),
        }
    }
}
