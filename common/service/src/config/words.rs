//! The words of a refusal: serde's messages, made into sentences for the person who wrote the file.
//!
//! serde knows the valid keys at the place of the mistake and gives them only inside its message ("unknown field `a`,
//! expected one of `b`, `c`", serde's `de::Error`), so the message is taken apart here. What has another form is kept.

/// Farther apart than this, a guess would mislead (Jaro-Winkler similarity, 0 to 1).
const ALIKE: f64 = 0.75;

/// The sentence for a message of the YAML parser.
pub(super) fn explain(message: &str) -> String {
    let message = without_place(message);
    let (path, message) = split_path(message);
    let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
    let choices = [("unknown field `", "unknown key"), ("unknown variant `", "unknown value")];
    for (start, what) in choices {
        if let Some(rest) = message.strip_prefix(start) {
            return unknown(what, rest, &place);
        }
    }
    let message = message.replace("missing field", "missing key").replace("duplicate field", "key given twice:");
    format!("{}{place}", without_type_name(&message))
}

/// `rest` is what follows the opening quote: the name, and then what was expected instead.
fn unknown(what: &str, rest: &str, place: &str) -> String {
    let (name, expected) = rest.split_once('`').unwrap_or((rest, ""));
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(name, &known) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => String::new(),
    };
    let list = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let list = if known.is_empty() { "nothing may stand here".to_owned() } else { format!("known here: {list}") };
    format!("{what} `{name}`{place}{hint} ({list})")
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let alike = known.iter().map(|key| (strsim::jaro_winkler(name, key), *key));
    alike.filter(|(alike, _)| *alike >= ALIKE).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, key)| key)
}

/// Without the parser's own ` at line 3 column 5`: the line stands before the sentence.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// `zfs.pools[0]: message` is a path and a message; a message by itself has spaces before its first colon.
fn split_path(message: &str) -> (&str, &str) {
    match message.split_once(": ") {
        Some((path, rest)) if !path.contains(' ') => (path, rest),
        _ => ("", message),
    }
}

/// Names of our Rust types say nothing to who writes a file.
fn without_type_name(message: &str) -> String {
    match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected keys with values"),
        None => message.to_owned(),
    }
}
