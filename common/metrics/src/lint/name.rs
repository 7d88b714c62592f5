//! Rules of a family's name.

use crate::family::{Definition, Kind, Unit};

/// Words of a name that are units, but not base units; each with what to write instead.
const NOT_BASE: &[(&[&str], &str)] = &[
    (&["percent", "percentage", "pct"], "a ratio from 0 to 1 (`_ratio`)"),
    (
        &["milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days", "weeks", "ms", "us", "ns"],
        "seconds",
    ),
    (
        &["kilobytes", "megabytes", "gigabytes", "kibibytes", "mebibytes", "gibibytes", "kb", "mb", "gb", "bits"],
        "bytes",
    ),
    (&["fahrenheit", "kelvin", "millicelsius", "millidegrees"], "celsius"),
    (&["millivolts", "microvolts", "mv"], "volts"),
    (&["kilohertz", "megahertz", "gigahertz", "khz", "mhz", "ghz"], "hertz"),
    (&["milliamperes", "microamperes", "ma"], "amperes"),
    (&["milliwatts", "microwatts", "kilowatts"], "watts"),
];

/// Suffixes that belong to the parts of a histogram or to OpenMetrics.
const RESERVED: &[&str] = &["_bucket", "_sum", "_count", "_created"];

/// All rules of this file.
pub(super) fn check(family: &Definition, words: &mut Vec<String>) {
    letters(family.name, words);
    total(family, words);
    unit(family, words);
    base_unit(family.name, words);
    suffixes(family, words);
    type_in_name(family.name, words);
}

fn letters(name: &str, words: &mut Vec<String>) {
    let starts = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    let all = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if name.contains(':') {
        words.push(String::from("a colon belongs to recording rules"));
    } else if !starts || !all || name.contains("__") || name.ends_with('_') {
        words.push(String::from("a name is written in lower case: [a-z][a-z0-9_]*, single underscores between words"));
    }
}

fn total(family: &Definition, words: &mut Vec<String>) {
    match (family.kind, family.name.ends_with("_total")) {
        (Kind::Counter, false) => words.push(String::from("a counter's name ends in `_total`")),
        (Kind::Gauge | Kind::Histogram, true) => {
            words.push(format!("`_total` is for counters, this is a {}", family.kind.word()));
        }
        _ => {}
    }
}

/// The name carries the unit of the table, before `_total`, and no other.
fn unit(family: &Definition, words: &mut Vec<String>) {
    let stem = family.name.strip_suffix("_total").unwrap_or(family.name);
    let last = stem.rsplit('_').next().unwrap_or(stem);
    let named = Unit::NAMED.into_iter().find(|unit| unit.word() == last).unwrap_or(Unit::None);
    if named != family.unit {
        words.push(match family.unit {
            Unit::None => format!("the name says {last}, the table says no unit"),
            unit => format!("the unit is {unit:?}, so the name ends in `_{}`", unit.word()),
        });
    }
}

fn base_unit(name: &str, words: &mut Vec<String>) {
    for part in name.split('_') {
        if let Some((_, instead)) = NOT_BASE.iter().find(|(units, _)| units.contains(&part)) {
            words.push(format!("`{part}` is no base unit, use {instead}"));
        }
    }
}

fn suffixes(family: &Definition, words: &mut Vec<String>) {
    if let Some(suffix) = RESERVED.iter().find(|suffix| family.name.ends_with(**suffix)) {
        words.push(format!("`{suffix}` is reserved for the parts of a histogram"));
    }
    if family.name.ends_with("_info") && (family.kind != Kind::Gauge || family.labels.is_empty()) {
        words.push(String::from("an `_info` is a gauge of value 1 that says everything in its labels"));
    }
    if family.name.contains("_timestamp")
        && (family.kind != Kind::Gauge || !family.name.ends_with("_timestamp_seconds"))
    {
        words.push(String::from("a point in time is a gauge whose name ends in `_timestamp_seconds`"));
    }
}

fn type_in_name(name: &str, words: &mut Vec<String>) {
    let types = ["gauge", "counter", "histogram", "summary", "untyped", "metric"];
    if let Some(found) = name.split('_').find(|part| types.contains(part)) {
        words.push(format!("the type stands in the TYPE line, not in the name (`{found}`)"));
    }
}
