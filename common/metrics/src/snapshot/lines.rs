//! The lines of a snapshot while it is filled: one text in the order of arrival, put in order of families at the end.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use crate::encode::write_labels;
use crate::family::Definition;
use crate::histogram::Cumulative;
use crate::value::Value;

/// Room made for a line at once; most are shorter.
const USUAL_LINE: usize = 160;

/// Rendered lines, and where each series stands in them: a second copy of every label would double the memory of a
/// machine with many datasets.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    /// Every family that has lines, in the order of its first.
    families: Vec<&'static str>,
    stretches: Vec<Stretch>,
    /// Hash of a series → its place in `text`. Two series of one hash stand under neighbouring keys.
    places: HashMap<u64, (usize, usize), BuildHasherDefault<AsItIs>>,
}

/// Lines of one family that arrived one after the other.
#[derive(Debug)]
struct Stretch {
    /// Its place in [`Lines::families`].
    family: usize,
    /// Its place in [`Lines::text`].
    lines: Range<usize>,
}

impl Lines {
    /// Room for so many bytes and series.
    pub(super) fn with_room(bytes: usize, series: usize) -> Lines {
        let places = HashMap::with_capacity_and_hasher(series, BuildHasherDefault::default());
        Lines { text: String::with_capacity(bytes + USUAL_LINE), places, ..Lines::default() }
    }

    /// Writes one line; false, and nothing written, if its series already stands here.
    pub(super) fn add(&mut self, definition: &Definition, labels: &[&str], value: Value) -> bool {
        let added = self.write(definition.name, "", pairs(definition, labels), value);
        if added {
            self.belongs_to(definition.name);
        }
        added
    }

    /// Writes the lines of one histogram; false, and nothing written, if one of its series already stands here.
    pub(super) fn add_histogram(
        &mut self,
        definition: &Definition,
        labels: &[&str],
        finite: &[(f64, u64)],
        whole: &Cumulative<'_>,
    ) -> bool {
        let start = self.text.len();
        let buckets_added = finite.iter().chain([&(f64::INFINITY, whole.count)]).all(|&(bound, count)| {
            let bound = Value::from(bound).to_string();
            let labels = pairs(definition, labels).chain([("le", bound.as_str())]);
            self.write(definition.name, "_bucket", labels, count.into())
        });
        let added = buckets_added
            && self.write(definition.name, "_sum", pairs(definition, labels), whole.sum.into())
            && self.write(definition.name, "_count", pairs(definition, labels), whole.count.into());
        if added {
            self.belongs_to(definition.name);
        } else {
            // Places beyond the end may stay: a place counts only while its series stands there.
            self.text.truncate(start);
        }
        added
    }

    /// The lines family after family, and where those of each family end.
    pub(super) fn by_family(mut self) -> (Box<str>, Vec<(&'static str, usize)>) {
        // The sort keeps the order of arrival within a family.
        self.stretches.sort_by_key(|stretch| stretch.family);
        let mut text = String::with_capacity(self.text.len());
        let mut ends = Vec::with_capacity(self.families.len());
        for stretches in self.stretches.chunk_by(|one, next| one.family == next.family) {
            text.extend(stretches.iter().filter_map(|stretch| self.text.get(stretch.lines.clone())));
            let name = stretches.first().and_then(|stretch| self.families.get(stretch.family));
            ends.extend(name.map(|name| (*name, text.len())));
        }
        (text.into_boxed_str(), ends)
    }

    /// Writes one line, or takes it back and returns false if its series already stands here.
    fn write<'a>(
        &mut self,
        name: &str,
        suffix: &str,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        value: Value,
    ) -> bool {
        let start = self.text.len();
        self.text.reserve(USUAL_LINE);
        self.text.push_str(name);
        self.text.push_str(suffix);
        write_labels(&mut self.text, labels);
        let new = self.remember(start, hash);
        if new {
            self.text.push(' ');
            value.write(&mut self.text);
            self.text.push('\n');
        } else {
            self.text.truncate(start);
        }
        new
    }

    /// What was written since the last stretch belongs to this family.
    fn belongs_to(&mut self, name: &'static str) {
        let known = self.families.iter().position(|family| is_same(family, name));
        let family = known.unwrap_or_else(|| {
            self.families.push(name);
            self.families.len() - 1
        });
        let (begin, end) = (self.stretches.last().map_or(0, |last| last.lines.end), self.text.len());
        match self.stretches.last_mut() {
            Some(last) if last.family == family => last.lines.end = end,
            _ => self.stretches.push(Stretch { family, lines: begin..end }),
        }
    }

    /// Remembers the series that was written from `start` to the end; false if it was known.
    fn remember(&mut self, start: usize, hash: impl Fn(&str) -> u64) -> bool {
        let (earlier, series) = self.text.split_at(start);
        let mut key = hash(series);
        while let Some(&(from, to)) = self.places.get(&key) {
            if earlier.get(from..to) == Some(series) {
                return false;
            }
            key = key.wrapping_add(1);
        }
        self.places.insert(key, (start, self.text.len()));
        true
    }
}

/// Whether two names are of one family, which stands in one place of the program: where the name stands tells it, and nothing
/// is done more often than this.
pub(super) fn is_same(one: &'static str, other: &'static str) -> bool {
    std::ptr::eq(one, other)
}

/// Label names with their values.
fn pairs<'a>(definition: &'a Definition, values: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    definition.labels.iter().map(|label| label.name).zip(values.iter().copied())
}

/// Eight bytes at a time. Series that were made to meet cost time and nothing else: equal hashes are told apart.
fn hash(series: &str) -> u64 {
    let mix = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let (words, rest) = series.as_bytes().as_chunks();
    let sum = words.iter().fold(0, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let sum = match series.as_bytes().last_chunk() {
        Some(last) => mix(sum, u64::from_le_bytes(*last)),
        None => rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte))),
    };
    sum ^ (sum >> 32)
}

/// The hasher of keys that are hashes already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two series of one hash are two series.
    #[test]
    fn equal_hashes_are_told_apart() {
        let mut lines = Lines::default();
        let mut push = |series: &str| {
            let start = lines.text.len();
            lines.text.push_str(series);
            let new = lines.remember(start, |_| u64::MAX);
            if !new {
                lines.text.truncate(start);
            }
            new
        };
        assert_eq!(["one", "two", "six", "two", "one", "six"].map(&mut push), [true, true, true, false, false, false]);
    }
}
