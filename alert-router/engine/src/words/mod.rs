//! What an alert says, as plain text: where, what, for how long. No medium's markup, no marks.
//!
//! Everything that leaves here is one line without controls, zero-width or direction characters, whatever came in.
//! Escaping for a medium is `render`'s business.

mod clean;
mod clock;
mod duration;
mod foreign;
mod several;
mod summary;

pub(crate) use clean::{clean, cut, units};
pub(crate) use clock::{day_and_time, iso, time_of_day};
pub(crate) use duration::duration;
use foreign::place;
pub(crate) use foreign::telling as tells;
pub(crate) use summary::{body, over, what};

use crate::state::{Group, Instance};

/// The longest subject, in UTF-16 units.
const SUBJECT: usize = 78;

/// What the group as a whole says: its worst alert's words, or one line for several. Without anything firing, what
/// there was.
pub(crate) fn group_body(group: &Group) -> String {
    let mut speak: Vec<&Instance> = group.firing().collect();
    if speak.is_empty() {
        speak = group.alerts.iter().collect();
    }
    say(speak)
}

/// The same for a choice of alerts.
pub(crate) fn say(mut speak: Vec<&Instance>) -> String {
    speak.sort_by_key(|&instance| (std::cmp::Reverse(instance.severity), instance.began(), &instance.key));
    match speak.as_slice() {
        [] => "alerts the sender left out".to_owned(),
        [one] => body(one),
        many => several::say(many),
    }
}

/// What mails of an episode are called: where and what, without numbers that change.
pub(crate) fn subject(group: &Group) -> String {
    let body = group_body(group);
    let (place, rest) = summary::split(&body);
    let clause = summary::first_clause(rest);
    let subject = if place.is_empty() { clause.to_owned() } else { format!("{place}: {clause}") };
    cut(&subject, SUBJECT, false)
}
