//! The text exposition format 0.0.4 (Prometheus documentation, "Exposition formats").

use std::fmt::Write as _;

use crate::family::{Definition, Kind};
use crate::snapshot::Snapshot;

/// Content type of what [`encode`] writes.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Appends every family of `table` that has a sample in one of `snapshots`, in table order, to `out`.
pub fn encode(table: &[&Definition], snapshots: &[&Snapshot], out: &mut String) {
    for definition in table {
        if snapshots.iter().all(|snapshot| snapshot.lines(definition).is_empty()) {
            continue;
        }
        let kind = match definition.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        };
        let _ = write!(out, "# HELP {} ", definition.name);
        escape_help(out, definition.help);
        let _ = writeln!(out, "\n# TYPE {} {kind}", definition.name);
        for snapshot in snapshots {
            out.push_str(snapshot.lines(definition));
        }
    }
}

/// Writes `{name="value",…}`, or nothing without labels.
pub(crate) fn write_labels<'a>(out: &mut String, labels: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut separator = '{';
    for (name, value) in labels {
        out.push(separator);
        separator = ',';
        out.push_str(name);
        out.push_str("=\"");
        escape_label(out, value);
        out.push('"');
    }
    if separator == ',' {
        out.push('}');
    }
}

/// Label values: backslash, double quote and line feed.
pub(crate) fn escape_label(out: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
}

/// HELP texts: backslash and line feed.
fn escape_help(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
}
