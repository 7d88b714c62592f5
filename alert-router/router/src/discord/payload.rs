//! The engine's message as Discord's JSON, through serenity's builders.
//!
//! This is the only module that knows serenity. Mentions are closed on every create *and* edit (an edit without
//! `allowed_mentions` would be parsed with Discord's defaults), and open for the engine's explicit ids only.

use gjallarhorn_engine::{DiscordMessage, Embed, Link, Mentions};
use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateButton, CreateEmbed, CreateEmbedFooter,
    EditWebhookMessage, ExecuteWebhook,
};
use serenity::model::channel::MessageFlags;
use serenity::model::id::{RoleId, UserId};
use serenity::model::timestamp::Timestamp;

use super::transport::Body;

/// The body of a new message.
///
/// # Errors
/// serde's, which a builder of plain values does not give.
pub fn create(message: &DiscordMessage) -> Result<Body, serde_json::Error> {
    let mut builder = ExecuteWebhook::new()
        .content(&message.content)
        .embeds(message.embed.iter().map(embed).collect())
        .allowed_mentions(mentions(&message.mentions))
        .components(buttons(&message.links));
    if message.silent {
        builder = builder.flags(MessageFlags::SUPPRESS_NOTIFICATIONS);
    }
    if let Some(file) = &message.attachment {
        builder = builder.add_file(CreateAttachment::bytes(file.text.as_bytes(), &file.name));
    }
    body(serde_json::to_vec(&builder)?, message)
}

/// The body of an edit: everything is given again, so that nothing of the old message stays.
///
/// # Errors
/// As [`create`].
pub fn edit(message: &DiscordMessage) -> Result<Body, serde_json::Error> {
    let mut builder = EditWebhookMessage::new()
        .content(&message.content)
        .embeds(message.embed.iter().map(embed).collect())
        .allowed_mentions(mentions(&message.mentions))
        .components(buttons(&message.links));
    // Files that are not listed are removed; without a list all stay. An old list of alerts is worse than none.
    builder = match &message.attachment {
        Some(file) => builder.new_attachment(CreateAttachment::bytes(file.text.as_bytes(), &file.name)),
        None => builder.clear_attachments(),
    };
    body(serde_json::to_vec(&builder)?, message)
}

fn body(json: Vec<u8>, message: &DiscordMessage) -> Result<Body, serde_json::Error> {
    Ok(match &message.attachment {
        Some(file) => Body::with_file(&json, &file.name, file.text.as_bytes()),
        None => Body::json(json),
    })
}

fn mentions(ids: &Mentions) -> CreateAllowedMentions {
    // serenity panics on an id of zero, and no such thing exists at Discord.
    let real = |id: &&u64| **id != 0;
    CreateAllowedMentions::new()
        .empty_users()
        .empty_roles()
        .users(ids.users.iter().filter(real).map(|id| UserId::new(*id)))
        .roles(ids.roles.iter().filter(real).map(|id| RoleId::new(*id)))
}

fn buttons(links: &[Link]) -> Vec<CreateActionRow> {
    let buttons: Vec<_> = links.iter().map(|link| CreateButton::new_link(&link.url).label(&link.label)).collect();
    if buttons.is_empty() { Vec::new() } else { vec![CreateActionRow::Buttons(buttons)] }
}

fn embed(card: &Embed) -> CreateEmbed {
    let mut embed = CreateEmbed::new().colour(card.color);
    if !card.title.is_empty() {
        embed = embed.title(&card.title);
    }
    if !card.description.is_empty() {
        embed = embed.description(&card.description);
    }
    if !card.footer.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(&card.footer));
    }
    for field in &card.fields {
        embed = embed.field(&field.name, &field.value, field.inline);
    }
    match card.timestamp.and_then(|at| Timestamp::from_unix_timestamp(at.secs()).ok()) {
        Some(at) => embed.timestamp(at),
        None => embed,
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_engine::{Attachment, Field};
    use serde_json::{Value, json};

    use super::*;

    fn message() -> DiscordMessage {
        DiscordMessage {
            content: "🔴 odin: pool tank DEGRADED".into(),
            embed: Some(Embed {
                title: "Pool tank".into(),
                description: "**Do:** replace it".into(),
                color: 0xff_0000,
                fields: vec![Field { name: "Pool".into(), value: "tank".into(), inline: true }],
                footer: "am · d1".into(),
                timestamp: Some(gjallarhorn_engine::Timestamp::from_secs(1_790_000_000)),
            }),
            links: vec![Link { label: "Runbook".into(), url: "https://example.org/r".into() }],
            mentions: Mentions { roles: vec![5, 0], users: vec![] },
            ..DiscordMessage::default()
        }
    }

    fn json_of(body: &Body) -> Value {
        serde_json::from_slice(&body.bytes).expect("is JSON")
    }

    #[test]
    fn a_new_message_is_whole_and_rings_only_who_it_names() {
        let sent = json_of(&create(&message()).expect("serialises"));
        assert_eq!(sent["content"], "🔴 odin: pool tank DEGRADED");
        assert_eq!(sent["allowed_mentions"], json!({ "parse": [], "users": [], "roles": ["5"] }));
        assert_eq!(sent["embeds"][0]["color"], 0xff_0000);
        assert_eq!(sent["embeds"][0]["fields"][0], json!({ "name": "Pool", "value": "tank", "inline": true }));
        assert_eq!(sent["embeds"][0]["footer"]["text"], "am · d1");
        assert_eq!(sent["components"][0]["components"][0]["url"], "https://example.org/r");
        assert_eq!(sent.get("flags"), None);
    }

    #[test]
    fn a_silent_message_says_so() {
        let silent = DiscordMessage { silent: true, ..message() };
        assert_eq!(json_of(&create(&silent).expect("serialises"))["flags"], 4096);
    }

    #[test]
    fn an_edit_closes_mentions_and_clears_what_is_gone() {
        let short = DiscordMessage { content: "✅ over".into(), ..DiscordMessage::default() };
        let sent = json_of(&edit(&short).expect("serialises"));
        assert_eq!(sent["allowed_mentions"]["parse"], json!([]));
        for cleared in ["embeds", "components", "attachments"] {
            assert_eq!(sent[cleared], json!([]), "{cleared}");
        }
    }

    #[test]
    fn a_list_travels_as_a_file() {
        let attachment = Some(Attachment { name: "alerts.txt".into(), text: "one\ntwo\n".into() });
        let body = create(&DiscordMessage { attachment, ..message() }).expect("serialises");
        let text = String::from_utf8(body.bytes.to_vec()).expect("is text");
        assert!(body.content_type.starts_with("multipart/form-data; boundary="));
        assert!(text.contains("name=\"payload_json\"") && text.contains("name=\"files[0]\"; filename=\"alerts.txt\""));
        assert!(text.contains("\r\n\r\none\ntwo\n\r\n--"));
        assert!(text.contains("\"filename\":\"alerts.txt\""));
    }
}
