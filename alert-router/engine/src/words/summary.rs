//! The words of a rule: its `summary` is the line, its parts make titles and timelines.

use super::{clean, cut, foreign};
use crate::state::Instance;

/// The longest where, in bytes; what is longer before a colon is part of a sentence.
const PLACE: usize = 40;
/// The longest clause, in UTF-16 units.
const CLAUSE: usize = 80;
/// The router's marks: a text that brings its own would lie about the state.
const MARKS: [char; 9] = ['🔴', '🟠', '🔵', '✅', '⏸', '🧪', '🟢', '🟡', ' '];

/// What one alert says, whole: its summary, with the place before it when the summary names none.
pub(crate) fn body(instance: &Instance) -> String {
    let Some(summary) = annotation(instance, "summary") else { return foreign::body(instance) };
    match foreign::place(&instance.labels) {
        Some(place) if split(&summary).0.is_empty() && !summary.contains(&place) => format!("{place}: {summary}"),
        _ => summary,
    }
}

/// What is over, in the rule's words, when it has some: `odin: pool tank ONLINE again`.
pub(crate) fn over(instance: &Instance) -> Option<String> {
    annotation(instance, "over")
}

/// What one alert says, short and without the place: `pool tank DEGRADED`.
pub(crate) fn what(instance: &Instance) -> String {
    let body = body(instance);
    cut(first_clause(split(&body).1), CLAUSE, false)
}

/// An annotation as one clean line; `None` when there is nothing in it.
pub(super) fn annotation(instance: &Instance, name: &str) -> Option<String> {
    let text = clean(instance.annotations.get(name)?);
    let text = text.trim_start_matches(MARKS);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The place and the rest of `odin: pool tank …`; an empty place when the text begins with a sentence.
pub(super) fn split(body: &str) -> (&str, &str) {
    match body.split_once(": ") {
        Some((place, rest)) if place.len() <= PLACE && !place.contains([',', '(', '"']) && !rest.is_empty() => {
            (place, rest)
        }
        _ => ("", body),
    }
}

/// Up to the first comma or full stop outside brackets.
pub(super) fn first_clause(text: &str) -> &str {
    let mut depth = 0_i32;
    for (at, char) in text.char_indices() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' | '.' | ';' if depth <= 0 && at > 0 && text[at + 1..].starts_with(' ') => return &text[..at],
            _ => {}
        }
    }
    text.trim_end_matches('.')
}
