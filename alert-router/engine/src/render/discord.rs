//! The story as a Discord message: `content` is the line, because a push shows nothing else; the rest is a card.
//!
//! Limits: discord-api-docs, "Message Object" and "Embed Limits". Lengths are counted in UTF-16 units, which are never
//! fewer than characters, after escaping. The budgets of the parts add up to less than the 6000 of a whole embed.

use super::line::LINE;
use super::list::List;
use super::message::{Attachment, DiscordMessage, Embed, Field, Link};
use super::story::Story;
use super::{escape, links};
use crate::plan::{Digest, Kind, Send};
use crate::policy::{Mentions, Policy, Severity};
use crate::time::Timestamp;
use crate::words::{cut, units};

/// Limits of the parts; `title + description + fields + footer` ≤ 256 + 3400 + 7·(60 + 240) + 200 < 6000.
const TITLE: usize = 256;
const DESCRIPTION: usize = 3400;
const NAME: usize = 60;
const VALUE: usize = 240;
const FOOTER: usize = 200;
const PARAGRAPH: usize = 700;
const TIMELINE: usize = 900;
/// Room for the bare line's list, within the 2000 of a content.
const CONTENT: usize = 1700;
/// Bytes of an attachment; Discord takes ten times as much, and a digest's bounds keep it far below.
const FILE: usize = 8 << 20;
/// Mentions of one message.
const MENTIONED: usize = 20;

/// Lays a story out for Discord.
pub(super) fn lay_out(story: &Story, mentions: Mentions, send: &Send) -> DiscordMessage {
    let whole = is_whole(send) && !send.plain;
    let content = content(story, send, &mentions, whole);
    if !whole {
        return DiscordMessage { content, mentions, silent: is_silent(send), ..DiscordMessage::default() };
    }
    let (description, fits) = description(story);
    DiscordMessage {
        content,
        embed: Some(embed(story, description)),
        links: buttons(&story.links),
        mentions,
        silent: is_silent(send),
        attachment: (story.attach || !fits).then(|| attachment(story)),
    }
}

/// Whether the message shows everything, and not only what is new.
fn is_whole(send: &Send) -> bool {
    let untold = send.about.iter().any(|about| !about.alerts.is_empty());
    send.card || matches!(send.kind, Kind::Digest(_)) || (send.kind == Kind::Over && untold)
}

/// What must not ring. An edit makes no sound anyway.
fn is_silent(send: &Send) -> bool {
    match send.kind {
        Kind::Card | Kind::Over | Kind::Digest(Digest::Overs | Digest::Changes | Digest::Infos) => true,
        Kind::ToldLate => send.severity < Severity::Critical,
        _ => false,
    }
}

/// Who is mentioned: only by a new message that is meant to ring.
pub(super) fn mentions(policy: &Policy, send: &Send) -> Mentions {
    let rings = matches!(send.kind, Kind::Fire | Kind::Rise | Kind::Join | Kind::Reminder)
        || matches!(send.kind, Kind::Digest(Digest::Storm | Digest::FirstStart));
    let target = policy.targets.get(&send.attempt.target);
    let configured = target.and_then(|target| target.mentions.get(&send.severity));
    let mut mentions = configured.filter(|_| rings && send.severity > Severity::Info).cloned().unwrap_or_default();
    mentions.roles.truncate(MENTIONED);
    mentions.users.truncate(MENTIONED);
    mentions
}

fn content(story: &Story, send: &Send, mentions: &Mentions, whole: bool) -> String {
    let mut lines = vec![fit(&story.line, LINE, escape::discord)];
    if !whole {
        lines.extend(entries(&story.news, CONTENT / 2).0);
        let action = story.action.as_ref().filter(|_| send.kind != Kind::Over);
        lines.extend(action.map(|action| format!("**Do:** {}", fit(action, PARAGRAPH, escape::discord_with_code))));
        lines.extend(story.card_link.iter().filter(|_| send.edits.is_none()).cloned());
    }
    lines.extend(story.note.iter().map(|note| escape::discord(note)));
    let roles = mentions.roles.iter().map(|id| format!("<@&{id}>"));
    let rings: Vec<String> = roles.chain(mentions.users.iter().map(|id| format!("<@{id}>"))).collect();
    lines.extend((!rings.is_empty()).then(|| rings.join(" ")));
    if send.plain {
        let used: usize = lines.iter().map(|line| units(line) + 1).sum();
        lines.extend(entries(&story.entries, CONTENT.saturating_sub(used)).0);
    }
    lines.join("\n")
}

fn embed(story: &Story, description: String) -> Embed {
    let footer = [Some(story.footer.clone()), story.note.clone()];
    Embed {
        title: fit(&story.title, TITLE, escape::discord),
        description,
        color: color(story),
        fields: fields(story),
        // A footer is shown as it is: Discord reads no markup in it.
        footer: cut(&footer.into_iter().flatten().collect::<Vec<_>>().join(" · "), FOOTER, false),
        timestamp: story.since,
    }
}

const fn color(story: &Story) -> u32 {
    match (story.over, story.severity) {
        (true, _) => 0x2e_7d32,
        (_, Severity::Critical) => 0xd3_2f2f,
        (_, Severity::Warning) => 0xf5_7c00,
        (_, Severity::Info) => 0x19_76d2,
    }
}

/// Consequence, action, alerts, what is missing, timeline; and whether every alert found room.
fn description(story: &Story) -> (String, bool) {
    let sentence = |text: &String| fit(text, PARAGRAPH, escape::discord_with_code);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(story.consequence.as_ref().map(sentence));
    parts.extend(story.action.as_ref().map(|action| format!("**Do:** {}", sentence(action))));
    let timeline = timeline(story);
    let missing = story.missing.iter().map(|text| escape::discord(text)).collect::<Vec<_>>().join("\n");
    let used: usize = parts.iter().chain([&timeline, &missing]).map(|part| units(part) + 2).sum();
    let (mut listed, fits) = entries(&story.entries, DESCRIPTION.saturating_sub(used + 40));
    if !fits {
        listed.push(format!("… and {} more, all in the file", story.entries.len() - listed.len()));
    }
    parts.extend([listed.join("\n"), missing, timeline]);
    parts.retain(|part| !part.is_empty());
    (parts.join("\n\n"), fits)
}

/// As many entries as fit, and whether all do.
fn entries(all: &List, room: usize) -> (Vec<String>, bool) {
    let mut used = 0;
    let lines = all.lines().map(escape::discord);
    let fit = lines.take_while(|line| {
        used += units(line) + 1;
        used <= room
    });
    let fit: Vec<String> = fit.collect();
    let whole = fit.len() == all.len();
    (fit, whole)
}

/// `02:10 disk gone · 02:12 spare in`, in each reader's own time zone.
fn timeline(story: &Story) -> String {
    if story.timeline.is_empty() {
        return String::new();
    }
    let entry = |at: Timestamp, words: &str| format!("<t:{}:t> {}", at.secs(), fit(words, 70, escape::discord));
    let older = (story.older > 0).then(|| format!("{} older", story.older));
    let entries = story.timeline.iter().map(|moment| entry(moment.at, &moment.words));
    let mut text: Vec<String> = older.into_iter().chain(entries).collect();
    while text.iter().map(|entry| units(entry) + 3).sum::<usize>() > TIMELINE {
        text.remove(0);
    }
    text.join(" · ")
}

fn fields(story: &Story) -> Vec<Field> {
    let field = |name: &str, value: String| Field { name: name.to_owned(), value, inline: true };
    let mut fields = Vec::new();
    fields.extend(story.since.map(|since| field("Since", format!("<t:{}:R>", since.secs()))));
    fields.extend(story.lasted.as_ref().map(|lasted| field("Lasted", lasted.clone())));
    fields.extend(
        story
            .facts
            .iter()
            .map(|(name, value)| field(&fit(name, NAME, escape::discord), fit(value, VALUE, escape::discord))),
    );
    fields
}

/// Link buttons, one row. Discord takes only addresses whose host has a dot; the others stand in the mail.
fn buttons(links: &[links::Link]) -> Vec<Link> {
    let usable = links.iter().filter(|link| link.public_form).take(5);
    usable.map(|link| Link { label: link.label.to_owned(), url: link.url.clone() }).collect()
}

fn attachment(story: &Story) -> Attachment {
    let mut text = story.entries.file(&story.title);
    text.truncate(text.floor_char_boundary(FILE));
    Attachment { name: "alerts.txt".to_owned(), text }
}

/// Escaped text of at most `room` units: cut before escaping, so that no escape is cut in half.
fn fit(text: &str, room: usize, escape: fn(&str) -> String) -> String {
    let mut length = room;
    loop {
        let escaped = escape(&cut(text, length, true));
        let over = units(&escaped).saturating_sub(room);
        if over == 0 || length == 0 {
            return escaped;
        }
        length = length.saturating_sub(over.div_ceil(2).max(1));
    }
}
