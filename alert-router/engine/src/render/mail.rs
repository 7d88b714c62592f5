//! The story as a mail: text and HTML with the same facts in the same order.

use super::html;
use super::message::{Importance, MailMessage};
use super::story::Story;
use crate::plan::{Kind, Send};
use crate::policy::Severity;
use crate::words::{self, cut};

/// The longest subject, in UTF-16 units: one line of a header.
const SUBJECT: usize = 78;

/// Lays a story out as a mail.
pub(super) fn lay_out(story: &Story, send: &Send) -> MailMessage {
    MailMessage {
        subject: cut(&story.subject, SUBJECT, false),
        text: text(story),
        html: html::page(story),
        message_id_seed: send.seed.clone(),
        references_seed: story.root.iter().filter(|root| **root != send.seed).cloned().collect(),
        importance: importance(send, story),
    }
}

fn importance(send: &Send, story: &Story) -> Importance {
    match (send.severity, send.kind) {
        (Severity::Info, _) => Importance::Low,
        (_, Kind::Over | Kind::ToldLate) => Importance::Normal,
        (Severity::Critical, _) if !story.over => Importance::High,
        _ => Importance::Normal,
    }
}

/// The plain part.
fn text(story: &Story) -> String {
    let mut parts = vec![story.line.clone()];
    parts.extend(story.note.clone());
    parts.extend(story.consequence.clone());
    parts.extend(story.action.as_ref().map(|action| format!("Do: {action}")));
    parts.extend(story.entries.paragraph().map(str::to_owned));
    parts.extend(lines(story.missing.iter().cloned()));
    parts.extend(lines(facts(story).into_iter().map(|(name, value)| format!("{name}: {value}"))));
    parts.extend(lines(timeline(story).into_iter().map(|(time, words)| format!("{time} {words}"))));
    parts.extend(lines(story.links.iter().map(|link| format!("{}: {}", link.label, link.url))));
    parts.push(format!("-- \n{}", story.footer));
    parts.join("\n\n") + "\n"
}

/// One paragraph of lines, if there are any.
fn lines(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Since when, for how long, and the labels.
pub(super) fn facts(story: &Story) -> Vec<(String, String)> {
    let since = story.since.map(|since| ("since".to_owned(), local(story, since)));
    let lasted = story.lasted.as_ref().map(|lasted| ("lasted".to_owned(), lasted.clone()));
    since.into_iter().chain(lasted).chain(story.facts.iter().cloned()).collect()
}

/// Date and time in the configured zone; UTC is named.
fn local(story: &Story, at: crate::time::Timestamp) -> String {
    let far = crate::time::Timestamp(i64::MIN / 2);
    let zone = if story.zone.offsets.is_empty() { " UTC" } else { "" };
    format!("{}{zone}", words::day_and_time(at, far, &story.zone))
}

/// Times and words of the timeline, with a count of what is older.
pub(super) fn timeline(story: &Story) -> Vec<(String, String)> {
    if story.timeline.is_empty() {
        return Vec::new();
    }
    let older = (story.older > 0).then(|| ("…".to_owned(), format!("{} older", story.older)));
    let entries = story.timeline.iter();
    let entries = entries.map(|moment| (words::time_of_day(moment.at, &story.zone), moment.words.clone()));
    older.into_iter().chain(entries).collect()
}
