//! A set of samples, rendered once when it is taken and copied out at every scrape.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

use crate::encode::write_labels;
use crate::family::{Allowed, Definition, Family, HistogramFamily};
use crate::histogram::Cumulative;
use crate::value::Value;

/// The samples of one observation, ready to be written out. Immutable: a newer observation replaces it whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Rendered lines of each family.
    blocks: BTreeMap<Name, Box<str>>,
    series: usize,
    drops: Drops,
}

/// A family's name. Names share long beginnings, so the length is compared first and settles nearly all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name(&'static str);

impl Ord for Name {
    fn cmp(&self, other: &Name) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Samples that were refused, by reason. Every one is a bug or a machine larger than the limit; none may pass unseen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops {
    /// Over the limit of series.
    pub over_limit: usize,
    /// A label value or a state that the family's table does not know, or buckets that are no histogram.
    pub outside_table: usize,
    /// A series that was already there: two samples of one series make Prometheus refuse the whole page.
    pub twice: usize,
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

    /// Number of samples refused, for whatever reason.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.drops.over_limit + self.drops.outside_table + self.drops.twice
    }

    /// The refused samples by reason.
    #[must_use]
    pub fn drops(&self) -> Drops {
        self.drops
    }

    /// The rendered lines of one family, empty if it has no sample here.
    #[must_use]
    pub fn lines(&self, definition: &Definition) -> &str {
        self.blocks.get(&Name(definition.name)).map_or("", |block| block)
    }

    /// Length of all rendered lines.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.blocks.values().map(|block| block.len()).sum()
    }
}

/// Collects samples for a [`Snapshot`].
#[derive(Debug, Default)]
pub struct SnapshotBuilder {
    blocks: BTreeMap<Name, Block>,
    series: usize,
    limit: usize,
    drops: Drops,
}

/// Room made for a line at once; most are shorter.
const USUAL_LINE: usize = 160;

/// The lines of one family so far, and where each series stands in them: a second copy of every label would double
/// the memory of a machine with many datasets.
#[derive(Debug, Default)]
struct Block {
    lines: String,
    /// Hash of a series → its place in `lines`. Two series of one hash stand under neighbouring keys.
    places: HashMap<u64, (usize, usize)>,
}

impl SnapshotBuilder {
    /// Adds one sample.
    ///
    /// A label too few or too many does not compile:
    /// ```compile_fail,E0308
    /// gjallarhorn_metrics::families! {
    ///     /// Size of the pool.
    ///     pub POOL_SIZE = gauge "zfs_pool_size_bytes" Bytes [pool];
    /// }
    /// let mut samples = gjallarhorn_metrics::Snapshot::builder(10);
    /// samples.push(&POOL_SIZE, ["tank", "online"], 1_u64);
    /// ```
    /// Neither does a plain value for a histogram:
    /// ```compile_fail,E0308
    /// gjallarhorn_metrics::families! {
    ///     /// Time that an answer took.
    ///     pub ANSWER = histogram "answer_duration_seconds" Seconds [];
    /// }
    /// let mut samples = gjallarhorn_metrics::Snapshot::builder(10);
    /// samples.push(&ANSWER, [], 1.5);
    /// ```
    pub fn push<const N: usize>(&mut self, family: &Family<N>, labels: [&str; N], value: impl Into<Value>) {
        let definition = &family.definition;
        if self.admits(definition, &labels, 1) {
            let block = self.blocks.entry(Name(definition.name)).or_default();
            let added = block.add(definition.name, "", pairs(definition, &labels), value.into());
            self.count(added, 1);
        }
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
    ///
    /// A `current` that the table does not know is refused whole: a set of nothing but zeros reads as "in no state",
    /// and no alert on `state!="online"` would ever fire.
    pub fn push_states<const N: usize>(&mut self, family: &Family<N>, mut labels: [&str; N], current: &str) {
        let words = match family.definition.labels.last().map(|label| label.allowed) {
            Some(Allowed::OneOf(words)) if words.contains(&current) => words,
            _ => {
                self.drops.outside_table += 1;
                return;
            }
        };
        for word in words {
            labels[N - 1] = word;
            self.push(family, labels, *word == current);
        }
    }

    /// Adds one histogram: its buckets, the bucket `+Inf`, sum and count; all of it or, when one part is refused,
    /// nothing.
    pub fn push_histogram<const N: usize>(
        &mut self,
        family: &HistogramFamily<N>,
        labels: [&str; N],
        histogram: &Cumulative<'_>,
    ) {
        let definition = &family.definition;
        let Some(buckets) = histogram.finite() else {
            self.drops.outside_table += 1;
            return;
        };
        let series = buckets.len() + 3;
        if self.admits(definition, &labels, series) {
            let block = self.blocks.entry(Name(definition.name)).or_default();
            let added = block.add_histogram(definition, &labels, buckets, histogram);
            self.count(added, series);
        }
    }

    /// The finished, immutable snapshot.
    #[must_use]
    pub fn finish(self) -> Snapshot {
        let blocks = self.blocks.into_iter().filter(|(_, block)| !block.lines.is_empty());
        Snapshot {
            series: self.series,
            drops: self.drops,
            blocks: blocks.map(|(name, block)| (name, block.lines.into_boxed_str())).collect(),
        }
    }

    /// Whether `more` series of these labels may be added; counts the refusal.
    fn admits(&mut self, definition: &Definition, labels: &[&str], more: usize) -> bool {
        let known = definition.labels.iter().zip(labels).all(|(label, value)| label.allowed.allows(value));
        let room = self.series + more <= self.limit;
        match (known, room) {
            (true, true) => return true,
            (false, _) => self.drops.outside_table += 1,
            (true, false) => self.drops.over_limit += 1,
        }
        false
    }

    fn count(&mut self, added: bool, series: usize) {
        if added {
            self.series += series;
        } else {
            self.drops.twice += 1;
        }
    }
}

impl Block {
    /// Writes one line, or takes it back and returns false if its series already stands here.
    fn add<'a>(
        &mut self,
        name: &str,
        suffix: &str,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        value: Value,
    ) -> bool {
        let start = self.lines.len();
        self.lines.reserve(USUAL_LINE);
        self.lines.push_str(name);
        self.lines.push_str(suffix);
        write_labels(&mut self.lines, labels);
        if self.remember(start, hash) {
            let _ = writeln!(self.lines, " {value}");
            true
        } else {
            self.lines.truncate(start);
            false
        }
    }

    /// Writes the lines of one histogram, or takes all of them back if one of its series already stands here.
    fn add_histogram(
        &mut self,
        definition: &Definition,
        labels: &[&str],
        finite: &[(f64, u64)],
        whole: &Cumulative<'_>,
    ) -> bool {
        let start = self.lines.len();
        let buckets_added = finite.iter().chain([&(f64::INFINITY, whole.count)]).all(|&(bound, count)| {
            let bound = Value::from(bound).to_string();
            self.add(
                definition.name,
                "_bucket",
                pairs(definition, labels).chain([("le", bound.as_str())]),
                count.into(),
            )
        });
        let added = buckets_added
            && self.add(definition.name, "_sum", pairs(definition, labels), whole.sum.into())
            && self.add(definition.name, "_count", pairs(definition, labels), whole.count.into());
        if !added {
            // Places beyond the end may stay: a place counts only while its series stands there.
            self.lines.truncate(start);
        }
        added
    }

    /// Remembers the series that was written from `start` to the end; false if it was known.
    fn remember(&mut self, start: usize, hash: impl Fn(&str) -> u64) -> bool {
        let (earlier, series) = self.lines.split_at(start);
        let mut key = hash(series);
        while let Some(&(from, to)) = self.places.get(&key) {
            if earlier.get(from..to) == Some(series) {
                return false;
            }
            key = key.wrapping_add(1);
        }
        self.places.insert(key, (start, self.lines.len()));
        true
    }
}

fn hash(series: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(series.as_bytes());
    hasher.finish()
}

/// Label names with their values.
fn pairs<'a>(definition: &'a Definition, values: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    definition.labels.iter().map(|label| label.name).zip(values.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two series of one hash are two series.
    #[test]
    fn equal_hashes_are_told_apart() {
        let mut block = Block::default();
        let mut push = |series: &str| {
            let start = block.lines.len();
            block.lines.push_str(series);
            let new = block.remember(start, |_| u64::MAX);
            if !new {
                block.lines.truncate(start);
            }
            new
        };
        assert_eq!(["one", "two", "six", "two", "one", "six"].map(&mut push), [true, true, true, false, false, false]);
    }
}
