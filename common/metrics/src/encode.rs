//! The text exposition format 0.0.4 (Prometheus documentation, "Exposition formats").
//!
//! Samples were rendered when their snapshot was taken; a scrape copies them.

use std::collections::HashSet;

use crate::family::Definition;
use crate::snapshot::Snapshot;

/// Content type of what [`encode`] writes.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Appends every family of `table` that has a sample in one of `snapshots`, in table order, to `out`. A family is
/// contiguous however many snapshots hold a part of it.
///
/// Returns the number of samples left out because an earlier snapshot had the same series: two samples of one series
/// would make Prometheus refuse the whole page.
pub fn encode(table: &[&Definition], snapshots: &[&Snapshot], out: &mut String) -> usize {
    let mut twice = 0;
    let mut blocks = Vec::with_capacity(snapshots.len());
    for definition in table {
        blocks.clear();
        blocks.extend(snapshots.iter().map(|snapshot| snapshot.lines(definition)).filter(|lines| !lines.is_empty()));
        twice += write_family(out, definition, &blocks);
    }
    twice
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

fn write_header(out: &mut String, definition: &Definition) {
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
    let mut separator = '{';
    for (name, value) in labels {
        out.push(separator);
        separator = ',';
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, *b"\\\"\n");
        out.push('"');
    }
    if separator == ',' {
        out.push('}');
    }
}

/// Copies `text` with a backslash before each of `special`, which are ASCII; a line feed becomes `\n`.
fn escape<const N: usize>(out: &mut String, text: &str, special: [u8; N]) {
    // Bytes and not letters are compared: an ASCII byte is never a part of another letter. Nearly no text holds one, and to
    // look at all of it is several times cheaper than to stop at the first.
    let is_special = |byte| special.iter().fold(false, |found, one| found | (byte == *one));
    if text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        escape_each(out, text, &special);
    } else {
        out.push_str(text);
    }
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
