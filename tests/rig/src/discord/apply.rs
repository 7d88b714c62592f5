//! Doing what a valid request asks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::mentions::Mentions;
use super::record::{Attached, Message, Version};
use super::request::{Action, Asked, Payload, Route};
use super::state::{Notes, State, Webhook};
use super::validate;

/// A whole request, files included, may have this many bytes.
const WHOLE_FORM: usize = 25 << 20;

pub(crate) fn apply(
    state: &mut State,
    now: Duration,
    route: &Route,
    action: Action,
    asked: &Asked,
    notes: &mut Notes,
) -> Answer {
    let webhook = match find(state, route) {
        Ok(webhook) => webhook,
        Err(answer) => return answer,
    };
    match action {
        Action::Look => Answer::json(200, &shown(&webhook)),
        Action::Delete => {
            state.webhooks.iter_mut().filter(|one| one.id == webhook.id).for_each(|one| one.deleted = true);
            Answer::empty()
        }
        Action::Create => create(state, now, &webhook, asked, notes),
        Action::EditMessage | Action::LookMessage | Action::DeleteMessage => {
            let found = state.messages.iter().position(|message| {
                Some(&message.id) == route.message.as_ref() && message.webhook == webhook.id && !message.deleted
            });
            let Some(index) = found else { return Answer::error(404, 10008, "Unknown Message") };
            on_message(state, now, &webhook, index, action, asked, notes)
        }
    }
}

fn find(state: &State, route: &Route) -> Result<Webhook, Answer> {
    let found = state.webhooks.iter().find(|webhook| webhook.id == route.webhook && !webhook.deleted);
    let webhook = found.ok_or_else(|| Answer::error(404, 10015, "Unknown Webhook"))?;
    if webhook.revoked || webhook.token != route.token {
        return Err(Answer::error(401, 50027, "Invalid Webhook Token"));
    }
    Ok(webhook.clone())
}

fn on_message(
    state: &mut State,
    now: Duration,
    webhook: &Webhook,
    index: usize,
    action: Action,
    asked: &Asked,
    notes: &mut Notes,
) -> Answer {
    let payload = match action {
        Action::DeleteMessage => {
            state.messages[index].deleted = true;
            return Answer::empty();
        }
        Action::EditMessage => accept(asked, validate::Kind::Edit, notes),
        _ => return Answer::json(200, &message_json(&state.messages[index], webhook)),
    };
    let payload = match payload {
        Ok(payload) => payload,
        Err(answer) => return answer,
    };
    let message = &mut state.messages[index];
    if let Some(last) = message.versions.last() {
        let next = edited(last, payload, now);
        message.versions.push(next);
    }
    Answer::json(200, &message_json(message, webhook))
}

fn create(state: &mut State, now: Duration, webhook: &Webhook, asked: &Asked, notes: &mut Notes) -> Answer {
    let payload = match accept(asked, validate::Kind::Create, notes) {
        Ok(payload) => payload,
        Err(answer) => return answer,
    };
    let message = Message {
        id: state.fresh_id(),
        webhook: webhook.id.clone(),
        versions: vec![version(payload.json, payload.files, now)],
        deleted: false,
    };
    let body = message_json(&message, webhook);
    state.messages.push(message);
    if asked.flag("wait") { Answer::json(200, &body) } else { Answer::empty() }
}

/// Reads and checks a payload; what Discord would refuse is refused here.
fn accept(asked: &Asked, kind: validate::Kind, notes: &mut Notes) -> Result<Payload, Answer> {
    if asked.body.len() > WHOLE_FORM {
        return Err(Answer::error(413, 40005, "Request entity too large"));
    }
    let mut payload = asked.payload().map_err(|why| {
        notes.complaints.push(why.to_owned());
        Answer::error(400, 50109, why)
    })?;
    let with_components = asked.flag("with_components");
    let complaints = validate::check(&payload, kind, with_components);
    notes.ignored = validate::ignored(&payload.json, kind, with_components);
    notes.complaints = complaints.lines();
    if !complaints.is_empty() {
        return Err(Answer::invalid(&complaints));
    }
    if kind == validate::Kind::Create && validate::is_empty(&payload) {
        notes.complaints.push("empty message".to_owned());
        return Err(Answer::error(400, 50006, "Cannot send an empty message"));
    }
    if !with_components && let Some(object) = payload.json.as_object_mut() {
        object.remove("components");
    }
    Ok(payload)
}

fn version(body: Value, files: Vec<Attached>, at: Duration) -> Version {
    let content = body["content"].as_str().unwrap_or_default();
    Version { at, mentions: Mentions::live(content, body.get("allowed_mentions")), body, files }
}

/// An edit replaces what it names. Files it does not list in `attachments` are removed; without that key they stay.
/// Mentions are read anew from what this request allows, not from what the first one did.
fn edited(last: &Version, payload: Payload, at: Duration) -> Version {
    let mut files = last.files.clone();
    if let Some(listed) = payload.json["attachments"].as_array() {
        let kept: Vec<String> =
            listed.iter().map(|one| one["id"].as_str().map_or(one["id"].to_string(), str::to_owned)).collect();
        files.retain(|file| kept.contains(&file.id.to_string()));
    }
    files.extend(payload.files);
    let mut merged = last.body.as_object().cloned().unwrap_or_default();
    merged.remove("allowed_mentions");
    merged.extend(payload.json.as_object().cloned().unwrap_or_default());
    version(Value::Object(merged), files, at)
}

fn shown(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id, "type": 1, "name": "Gjallarhorn", "avatar": null, "channel_id": webhook.channel,
        "guild_id": "1", "application_id": null, "token": webhook.token,
    })
}

fn message_json(message: &Message, webhook: &Webhook) -> Value {
    let body = message.versions.last().map_or(&Value::Null, |last| &last.body);
    let list = |key: &str| body[key].as_array().cloned().unwrap_or_default();
    let files = message.versions.last().map(|last| last.files.as_slice()).unwrap_or_default();
    let attachments: Vec<Value> = files.iter().map(|file| attachment(file, message)).collect();
    let mut object = Map::new();
    object.insert("edited_timestamp".into(), if message.edits() > 0 { json!(TIME) } else { Value::Null });
    let rest = json!({
        "id": message.id, "type": 0, "channel_id": webhook.channel, "webhook_id": webhook.id,
        "content": body["content"].as_str().unwrap_or_default(), "embeds": list("embeds"), "components": list("components"),
        "attachments": attachments, "flags": body["flags"].as_u64().unwrap_or(0), "timestamp": TIME, "pinned": false,
        "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
        "author": { "id": webhook.id, "username": "Gjallarhorn", "avatar": null, "discriminator": "0000", "bot": true },
    });
    object.extend(rest.as_object().cloned().unwrap_or_default());
    Value::Object(object)
}

/// Message times are of no use to a sender and would only make records differ between runs.
const TIME: &str = "2026-01-01T00:00:00.000000+00:00";

fn attachment(file: &Attached, message: &Message) -> Value {
    let url = format!("https://cdn.example/{}/{}", message.id, file.filename);
    json!({ "id": file.id.to_string(), "filename": file.filename, "size": file.content.len(), "url": url, "proxy_url": url })
}
