//! `/preview`: what was told, as the lock screen, Discord and a mail reader show it.

use std::fmt::Write as _;

use gjallarhorn_engine::{DiscordMessage, Embed, MailMessage, Timestamp};

use gjallarhorn_service::http::Head;

use super::markdown::html;
use super::{ago, escape, frame};
use crate::lanes::preview::Card;
use crate::ledger::times::local;
use crate::serve::site::Rooms;

/// The page.
#[must_use]
pub fn page(rooms: &Rooms, head: &Head) -> String {
    let still = head.query("still").is_some();
    let now = rooms.shared.clock.now();
    let cards = rooms.gallery.cards();
    let mut body = format!("<h1>What your phone would show</h1>{}", pace(still));
    if cards.is_empty() {
        body.push_str(
            "<p class=\"empty\">Nothing has been told yet. Once an alert fires, it appears here as a lock screen, \
             Discord and a mail reader would show it.</p>",
        );
    }
    for card in &cards {
        let edited = card.edited.map(|at| format!(", edited {} ago", ago(now.since(at)))).unwrap_or_default();
        let _ = write!(
            body,
            "<section class=\"event\"><h2>{} · {} ago{edited}</h2><div class=\"three\">{}{}{}</div></section>",
            escape(card.what),
            ago(now.since(card.posted)),
            lock_screen(card, now),
            discord(card, now),
            mails(&card.mails),
        );
    }
    frame("What your phone would show", "/preview", !still, &body)
}

/// A page that asks again closes the mail one is reading, so it can be held still.
fn pace(still: bool) -> &'static str {
    if still {
        "<p class=\"soft\">Held still. <a href=\"/preview\">Follow</a></p>"
    } else {
        "<p class=\"soft\">Follows what is told. <a href=\"/preview?still=1\">Hold still to read</a></p>"
    }
}

/// A push carries the message's text and nothing else; an edit makes none.
fn lock_screen(card: &Card, now: Timestamp) -> String {
    let note = if card.discord.silent {
        "<p><small>Silent: no sound, no vibration.</small></p>"
    } else if card.edited.is_some() && card.rang != card.discord.content {
        "<p><small>The message was edited since. An edit makes no sound, so the phone keeps this line.</small></p>"
    } else {
        ""
    };
    let line = card.rang.lines().next().unwrap_or_default();
    format!(
        "<div><h3>Lock screen</h3><div class=\"lock\"><div class=\"push\"><b>Discord<small>now</small></b>\
         <span>{}</span></div></div>{note}</div>",
        html(line, now)
    )
}

fn discord(card: &Card, now: Timestamp) -> String {
    let DiscordMessage { content, embed, links, attachment, .. } = &card.discord;
    let edited = if card.edited.is_some() { " <small>(edited)</small>" } else { "" };
    let buttons: String = links
        .iter()
        .map(|link| format!("<a href=\"{}\" rel=\"noreferrer\">{} ↗</a>", escape(&link.url), escape(&link.label)))
        .collect();
    let buttons = if buttons.is_empty() { buttons } else { format!("<div class=\"buttons\">{buttons}</div>") };
    let file = attachment.as_ref().map(|file| {
        let (name, text) = (escape(&file.name), escape(&file.text));
        format!("<details class=\"file\"><summary>{name}</summary><pre>{text}</pre></details>")
    });
    format!(
        "<div><h3>Discord</h3><div class=\"discord\"><div class=\"who\">Gjallarhorn<small>{}</small></div>\
         <div>{}{edited}</div>{}{}{buttons}</div></div>",
        local(card.posted.0),
        html(content, now),
        embed.as_ref().map(|embed| self::embed(embed, now)).unwrap_or_default(),
        file.unwrap_or_default(),
    )
}

fn embed(card: &Embed, now: Timestamp) -> String {
    let fields: String = card
        .fields
        .iter()
        .map(|field| {
            let class = if field.inline { "" } else { " class=\"full\"" };
            format!("<div{class}><dt>{}</dt><dd>{}</dd></div>", html(&field.name, now), html(&field.value, now))
        })
        .collect();
    let fields = if fields.is_empty() { fields } else { format!("<dl>{fields}</dl>") };
    let time = card.timestamp.map(|at| format!(" · {}", local(at.0))).unwrap_or_default();
    format!(
        "<div class=\"embed\" style=\"border-color:#{:06x}\"><h4>{}</h4><div>{}</div>{fields}<footer>{}{time}</footer></div>",
        card.color & 0xff_ffff,
        html(&card.title, now),
        html(&card.description, now),
        html(&card.footer, now),
    )
}

fn mails(mails: &[MailMessage]) -> String {
    let shown: String = mails.iter().rev().map(mail).collect();
    format!("<div class=\"wide\"><h3>Mail</h3>{shown}</div>")
}

/// The HTML part stands in a frame without any right: it is made of labels.
fn mail(mail: &MailMessage) -> String {
    format!(
        "<details class=\"mail\"><summary><b>{}</b><br><small>{}</small></summary>\
         <iframe sandbox srcdoc=\"{}\" title=\"the mail\" loading=\"lazy\"></iframe></details>",
        escape(&mail.subject),
        escape(mail.text.lines().next().unwrap_or_default()),
        escape(&mail.html),
    )
}
