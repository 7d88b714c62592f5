//! One line for several alerts of a group: `odin: 2 pools DEGRADED (tank, backup)`.

use std::collections::BTreeSet;

use super::summary::{body, first_clause, split};
use super::{clean, cut, foreign, place};
use crate::state::Instance;

/// Names that are spelled out in brackets.
const NAMED: usize = 2;
/// The longest name in brackets, in UTF-16 units.
const NAME: usize = 24;

/// What several alerts say together. The first is the worst.
pub(super) fn say(many: &[&Instance]) -> String {
    same_words(many).or_else(|| same_name(many)).unwrap_or_else(|| worst_and_more(many))
}

/// Their first clauses differ only in the value of one label: `{n} {label}s … (values)`.
fn same_words(many: &[&Instance]) -> Option<String> {
    many.iter().all(|instance| instance.annotations.get("summary").is_some()).then_some(())?;
    let bodies: Vec<String> = many.iter().map(|instance| body(instance)).collect();
    let parts: Vec<(&str, &str)> =
        bodies.iter().map(|body| split(body)).map(|(at, rest)| (at, first_clause(rest))).collect();
    let label = differing(many)?;
    let values: Vec<String> = many.iter().map(|instance| value(instance, &label)).collect();
    if foreign::place(&many[0].labels).is_some_and(|place| place == values[0]) {
        let [(_, clause), ..] = parts[..] else { return None };
        return parts
            .iter()
            .all(|(_, other)| *other == clause)
            .then(|| format!("{clause} on {}", list(many.len(), "host", &values)));
    }
    let blank = |clause: &str, value: &str| clause.replacen(&format!("{label} {value}"), "\u{1}", 1);
    let shape = blank(parts[0].1, &values[0]);
    let alike =
        parts.iter().zip(&values).all(|((at, clause), value)| *at == parts[0].0 && blank(clause, value) == shape);
    (alike && shape.contains('\u{1}')).then(|| {
        let counted = shape.replacen('\u{1}', &format!("{} {}", many.len(), plural(&label)), 1);
        let body = format!("{counted} {}", brackets(&values));
        if parts[0].0.is_empty() { body } else { format!("{}: {body}", parts[0].0) }
    })
}

/// Foreign alerts of one name: `pi-3: KubePodCrashLooping, 4 pods (media, dns +2)`.
fn same_name(many: &[&Instance]) -> Option<String> {
    let name = foreign::name(&many[0].labels);
    let own_words = many.iter().any(|instance| instance.annotations.get("summary").is_some());
    (!own_words && many.iter().all(|instance| foreign::name(&instance.labels) == name)).then_some(())?;
    let place = common_place(many);
    let label = differing(many);
    let values: Vec<String> =
        label.iter().flat_map(|label| many.iter().map(|instance| value(instance, label))).collect();
    let noun = label.as_deref().filter(|label| foreign::telling(label)).unwrap_or("alert");
    let what = format!("{name}, {}", list(many.len(), noun, &values));
    Some(place.map_or_else(|| what.clone(), |place| format!("{place}: {what}")))
}

/// Nothing in common: the worst one's words, and how many more.
fn worst_and_more(many: &[&Instance]) -> String {
    let body = body(many[0]);
    let (at, rest) = split(&body);
    let more = format!("{} and {} more", first_clause(rest), many.len() - 1);
    if at.is_empty() { more } else { format!("{at}: {more}") }
}

/// The label whose value differs for each: what names them apart. A thing before a place.
fn differing(many: &[&Instance]) -> Option<String> {
    let apart = |name: &&str| {
        let values: BTreeSet<_> = many.iter().map(|instance| instance.labels.get(name)).collect();
        values.len() == many.len() && !values.contains(&None)
    };
    let places = ["node", "instance", "host", "hostname", "nodename"];
    let names = many[0].labels.iter().map(|(name, _)| name).filter(apart);
    names
        .filter(|name| foreign::telling(name) || places.contains(name))
        .min_by_key(|name| (places.contains(name), foreign::rank(name)))
        .map(str::to_owned)
}

fn common_place(many: &[&Instance]) -> Option<String> {
    let place = place(&many[0].labels)?;
    many.iter().all(|instance| foreign::place(&instance.labels).as_ref() == Some(&place)).then_some(place)
}

fn value(instance: &Instance, label: &str) -> String {
    let value = clean(instance.labels.get(label).unwrap_or_default());
    match foreign::place(&instance.labels) {
        Some(place) if value.starts_with(&place) => place,
        _ => cut(&value, NAME, false),
    }
}

/// `4 pods (media, dns +2)`.
fn list(count: usize, noun: &str, values: &[String]) -> String {
    format!("{count} {} {}", plural(noun), brackets(values)).trim_end().to_owned()
}

fn brackets(values: &[String]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let named = values.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match values.len().saturating_sub(NAMED) {
        0 => format!("({named})"),
        more => format!("({named} +{more})"),
    }
}

fn plural(noun: &str) -> String {
    let noun = clean(noun);
    if noun.ends_with(['s', 'x']) { format!("{noun}es") } else { format!("{noun}s") }
}
