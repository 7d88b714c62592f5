//! A set of samples, rendered once when it is taken and copied out at every scrape.

use crate::family::{Allowed, Definition, Family, HistogramFamily};
use crate::histogram::Cumulative;
use crate::value::Value;

mod lines;

use lines::{Lines, is_same};

/// The samples of one observation, ready to be written out. Immutable: a newer observation replaces it whole.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Rendered lines, family after family.
    text: Box<str>,
    /// Where the lines of each family end in `text`.
    ends: Vec<(&'static str, usize)>,
    series: usize,
    drops: Drops,
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
        SnapshotBuilder::with_lines(limit, Lines::with_room(USUAL_BYTES, USUAL_SERIES))
    }

    /// An empty builder with room for as many samples as this snapshot has: for the next look at the same thing, which is
    /// then filled without growing.
    #[must_use]
    pub fn successor(&self, limit: usize) -> SnapshotBuilder {
        SnapshotBuilder::with_lines(limit, Lines::with_room(self.text.len(), self.series))
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
        let begins = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let found = begins.zip(&self.ends).find(|(_, (name, _))| is_same(name, definition.name));
        found.and_then(|(begin, (_, end))| self.text.get(begin..*end)).unwrap_or_default()
    }

    /// The names of the families that have samples here, in the order of their first.
    pub fn families(&self) -> impl Iterator<Item = &'static str> {
        self.ends.iter().map(|(name, _)| *name)
    }

    /// Length of all rendered lines.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// Collects samples for a [`Snapshot`].
#[derive(Debug, Default)]
pub struct SnapshotBuilder {
    lines: Lines,
    series: usize,
    limit: usize,
    drops: Drops,
}

/// Room made at first: for what a scrape reads of a small machine.
const USUAL_BYTES: usize = 2048;
const USUAL_SERIES: usize = 28;

impl SnapshotBuilder {
    fn with_lines(limit: usize, lines: Lines) -> SnapshotBuilder {
        SnapshotBuilder { lines, series: 0, limit, drops: Drops::default() }
    }

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
            let added = self.lines.add(definition, &labels, value.into());
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
            let added = self.lines.add_histogram(definition, &labels, buckets, histogram);
            self.count(added, series);
        }
    }

    /// The finished, immutable snapshot.
    #[must_use]
    pub fn finish(self) -> Snapshot {
        let (text, ends) = self.lines.by_family();
        Snapshot { text, ends, series: self.series, drops: self.drops }
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
