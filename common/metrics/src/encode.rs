//! The text exposition format 0.0.4 (Prometheus documentation, "Exposition formats").
//!
//! Samples were rendered when their snapshot was taken; a scrape copies them.

use std::collections::HashSet;

use crate::family::{Definition, Family};
use crate::snapshot::Snapshot;
use crate::value::Value;

/// Content type of what [`encode`] writes.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Appends every family of `table` that has a sample in one of `snapshots`, in table order, to `out`. A family is
/// contiguous however many snapshots hold a part of it.
///
/// Returns the number of samples left out because an earlier snapshot had the same series: two samples of one series
/// would make Prometheus refuse the whole page.
pub fn encode(table: &[&Definition], snapshots: &[&Snapshot], out: &mut String) -> usize {
    encode_families(table.iter().copied(), snapshots, out)
}

/// The same of some families.
pub fn encode_families<'a>(
    table: impl IntoIterator<Item = &'a Definition>,
    snapshots: &[&Snapshot],
    out: &mut String,
) -> usize {
    let mut twice = 0;
    let mut blocks = Vec::with_capacity(snapshots.len());
    for definition in table {
        blocks.clear();
        blocks.extend(snapshots.iter().map(|snapshot| snapshot.lines(definition)).filter(|lines| !lines.is_empty()));
        twice += write_family(out, definition, &blocks);
    }
    twice
}

/// Appends one family straight to a page, without a snapshot: for rows whose series are different by their making. A row
/// with a value that the family's table does not know is left out. Returns how many were.
pub fn write_rows<'a, const N: usize>(
    family: &Family<N>,
    rows: impl Iterator<Item = ([&'a str; N], Value)>,
    out: &mut String,
) -> usize {
    let begun = out.len();
    write_header(out, &family.definition);
    let headed = out.len();
    let outside = write_more_rows(family, rows, out);
    if out.len() == headed {
        out.truncate(begun);
    }
    outside
}

/// The same without the header: goes on with a family of which the header and maybe other rows stand already.
pub fn write_more_rows<'a, const N: usize>(
    family: &Family<N>,
    rows: impl Iterator<Item = ([&'a str; N], Value)>,
    out: &mut String,
) -> usize {
    let Definition { name, labels, .. } = &family.definition;
    let mut outside = 0;
    for (values, value) in rows {
        if !labels.iter().zip(values).all(|(label, value)| label.allowed.allows(value)) {
            outside += 1;
            continue;
        }
        out.push_str(name);
        write_labels(out, labels.iter().map(|label| label.name).zip(values));
        out.push(' ');
        value.write(out);
        out.push('\n');
    }
    outside
}

/// Writes the header of a family and its lines, or nothing if it has none; the number of lines left out.
pub(crate) fn write_family(out: &mut String, definition: &Definition, blocks: &[&str]) -> usize {
    if !blocks.is_empty() {
        write_header(out, definition);
    }
    match blocks {
        [] => 0,
        [only] => {
            out.push_str(only);
            0
        }
        several => write_without_duplicates(out, several),
    }
}

/// Appends the two lines that stand before the samples of a family.
pub fn write_header(out: &mut String, definition: &Definition) {
    out.push_str("# HELP ");
    out.push_str(definition.name);
    out.push(' ');
    escape(out, definition.help, *b"\\\n");
    out.push_str("\n# TYPE ");
    out.push_str(definition.name);
    out.push(' ');
    out.push_str(definition.kind.word());
    out.push('\n');
}

/// Within one block every series is unique already, so the first block is only remembered.
fn write_without_duplicates(out: &mut String, blocks: &[&str]) -> usize {
    let mut seen = HashSet::new();
    let mut twice = 0;
    for line in blocks.iter().flat_map(|block| block.split_inclusive('\n')) {
        // A rendered value holds no space, so the last one ends the series.
        let series = line.rsplit_once(' ').map_or(line, |(series, _)| series);
        if seen.insert(series) {
            out.push_str(line);
        } else {
            twice += 1;
        }
    }
    twice
}

/// Writes `{name="value",…}`, or nothing without labels.
pub(crate) fn write_labels<'a>(out: &mut String, labels: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut open = "{";
    for (name, value) in labels {
        out.push_str(open);
        open = "\",";
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, *b"\\\"\n");
    }
    if open != "{" {
        out.push_str("\"}");
    }
}

/// Copies `text` with a backslash before each of `special`, which are ASCII; a line feed becomes `\n`.
fn escape<const N: usize>(out: &mut String, text: &str, special: [u8; N]) {
    // Nearly no text holds one.
    if holds(text.as_bytes(), special) {
        escape_each(out, text, &special);
    } else {
        out.push_str(text);
    }
}

/// Whether one of the bytes is special. Bytes and not letters are compared, because an ASCII byte is never a part of another
/// letter, and eight at once, because this looks at every byte of every label.
fn holds<const N: usize>(bytes: &[u8], special: [u8; N]) -> bool {
    let in_eight = |eight: &[u8; 8]| {
        let word = u64::from_ne_bytes(*eight);
        special.iter().any(|byte| has_zero_byte(word ^ u64::from_ne_bytes([*byte; 8])))
    };
    match bytes.last_chunk() {
        Some(last) => bytes.as_chunks().0.iter().any(in_eight) || in_eight(last),
        None => bytes.iter().any(|byte| special.contains(byte)),
    }
}

/// A byte borrows from the one above it only if it is 0 (or if one below it is).
const fn has_zero_byte(word: u64) -> bool {
    const LOWEST: u64 = u64::from_ne_bytes([1; 8]);
    word.wrapping_sub(LOWEST) & !word & (LOWEST << 7) != 0
}

fn escape_each(out: &mut String, mut text: &str, special: &[u8]) {
    while let Some((before, letter, rest)) = split_at_special(text, special) {
        out.push_str(before);
        out.push('\\');
        out.push(if letter == b'\n' { 'n' } else { letter.into() });
        text = rest;
    }
    out.push_str(text);
}

fn split_at_special<'a>(text: &'a str, special: &[u8]) -> Option<(&'a str, u8, &'a str)> {
    let (at, letter) = text.bytes().enumerate().find(|(_, byte)| special.contains(byte))?;
    Some((text.get(..at)?, letter, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_special_byte_is_found_wherever_it_stands(text in "[a\u{80}\u{ff}é\n\\\\\"!#\\[\\]]{0,20}") {
            let special = *b"\\\"\n";
            assert_eq!(holds(text.as_bytes(), special), text.bytes().any(|byte| special.contains(&byte)), "{text:?}");
        }
    }
}
