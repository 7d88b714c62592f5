//! The documented limits and shapes of a message payload, and every place where one breaks them.

mod components;
mod embeds;
mod text;

use serde_json::{Map, Value, json};

use super::request::Payload;
use text::{SNOWFLAKE_DIGITS, is_snowflake};

/// Whether a message is made or changed: not the same keys and flags are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Edit,
}

/// Everything wrong with a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaints(Vec<Complaint>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Complaint {
    path: String,
    code: &'static str,
    message: String,
}

impl Complaints {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `path` is dotted, as in `embeds.0.title`.
    pub(crate) fn add(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(Complaint { path: path.to_owned(), code, message: message.into() });
    }

    /// One line for each complaint.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.iter().map(|one| format!("{}: {} {}", one.path, one.code, one.message)).collect()
    }

    /// The tree Discord answers with: a level for each step of the path, `_errors` at its end.
    pub(crate) fn tree(&self) -> Value {
        let mut root = Value::Object(Map::new());
        for complaint in &self.0 {
            let leaf = complaint.path.split('.').fold(&mut root, |level, step| &mut level[step]);
            let error = json!({ "code": complaint.code, "message": complaint.message });
            match leaf["_errors"].as_array_mut() {
                Some(list) => list.push(error),
                None => leaf["_errors"] = json!([error]),
            }
        }
        root
    }
}

const CREATE_KEYS: &[&str] = &[
    "content",
    "embeds",
    "allowed_mentions",
    "components",
    "attachments",
    "poll",
    "tts",
    "flags",
    "username",
    "avatar_url",
    "thread_name",
    "applied_tags",
];
const EDIT_KEYS: &[&str] = &["content", "embeds", "allowed_mentions", "components", "attachments", "poll", "flags"];

/// SUPPRESS_EMBEDS and IS_COMPONENTS_V2; a new message may also be silent.
const EDIT_FLAGS: u64 = 1 << 2 | V2;
const CREATE_FLAGS: u64 = EDIT_FLAGS | 1 << 12;
const V2: u64 = 1 << 15;

const CONTENT: usize = 2000;
const FILES: usize = 10;
const FILE_BYTES: usize = 10 << 20;
const IDS: usize = 100;

/// Checks a payload against every limit.
pub(crate) fn check(payload: &Payload, kind: Kind, with_components: bool) -> Complaints {
    let mut complaints = Complaints::default();
    let json = &payload.json;
    if !json.is_object() {
        complaints.add("_", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return complaints;
    }
    text::limited(&mut complaints, "content", &json["content"], CONTENT);
    flags(&mut complaints, json, kind);
    if kind == Kind::Create {
        username(&mut complaints, &json["username"]);
        text::url(&mut complaints, "avatar_url", &json["avatar_url"], text::URL);
    }
    embeds::check(&mut complaints, &json["embeds"]);
    if with_components {
        components::check(&mut complaints, &json["components"]);
    }
    allowed_mentions(&mut complaints, &json["allowed_mentions"]);
    attachments(&mut complaints, payload);
    complaints
}

/// Keys Discord takes no notice of: unknown ones, and components without `with_components=true`.
pub(crate) fn ignored(json: &Value, kind: Kind, with_components: bool) -> Vec<String> {
    let known = if kind == Kind::Create { CREATE_KEYS } else { EDIT_KEYS };
    let keys = json.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let useless = |key: &String| !known.contains(&key.as_str()) || (key == "components" && !with_components);
    keys.into_iter().filter(useless).filter(|key| !is_blank(&json[key])).collect()
}

/// A message needs a text, an embed, a file or (second version) components.
pub(crate) fn is_empty(payload: &Payload) -> bool {
    let json = &payload.json;
    let second = json["flags"].as_u64().unwrap_or(0) & V2 != 0;
    let built = second && !is_blank(&json["components"]);
    !built && is_blank(&json["content"]) && is_blank(&json["embeds"]) && payload.files.is_empty()
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    }
}

fn flags(complaints: &mut Complaints, json: &Value, kind: Kind) {
    if json["flags"].is_null() {
        return;
    }
    let Some(flags) = json["flags"].as_u64() else {
        complaints.add("flags", "NUMBER_TYPE_COERCE", "Value is not int.");
        return;
    };
    let allowed = if kind == Kind::Create { CREATE_FLAGS } else { EDIT_FLAGS };
    if flags & !allowed != 0 {
        complaints.add("flags", "MESSAGE_FLAGS_INVALID", format!("Flags {:#x} cannot be set here.", flags & !allowed));
    }
    if flags & V2 != 0 {
        for key in ["content", "embeds", "poll"].into_iter().filter(|key| !is_blank(&json[key])) {
            complaints.add(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not beside IS_COMPONENTS_V2.");
        }
    }
}

fn username(complaints: &mut Complaints, value: &Value) {
    let Some(name) = text::between(complaints, "username", value, 1, 80) else { return };
    let lower = name.to_lowercase();
    for word in ["discord", "clyde"].into_iter().filter(|word| lower.contains(word)) {
        complaints.add("username", "USERNAME_INVALID_CONTAINS", format!("Username cannot contain \"{word}\""));
    }
}

fn allowed_mentions(complaints: &mut Complaints, value: &Value) {
    if value.is_null() {
        return;
    }
    let Some(object) = value.as_object() else {
        complaints.add("allowed_mentions", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return;
    };
    let parsed: Vec<&str> = list(object.get("parse")).filter_map(Value::as_str).collect();
    for word in parsed.iter().filter(|word| !["roles", "users", "everyone"].contains(word)) {
        let message = format!("Value {word:?} must be one of ('roles', 'users', 'everyone').");
        complaints.add("allowed_mentions.parse", "BASE_TYPE_CHOICES", message);
    }
    for kind in ["users", "roles"] {
        let path = format!("allowed_mentions.{kind}");
        let ids: Vec<&Value> = list(object.get(kind)).collect();
        if ids.len() > IDS {
            complaints.add(&path, "BASE_TYPE_BAD_LENGTH", format!("Must be between 0 and {IDS} in length."));
        }
        if ids.iter().any(|id| !is_snowflake(id)) {
            complaints.add(&path, "NUMBER_TYPE_COERCE", format!("Value is not snowflake ({SNOWFLAKE_DIGITS} digits)."));
        }
        if !ids.is_empty() && parsed.contains(&kind) {
            let message = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            complaints.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
        }
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn attachments(complaints: &mut Complaints, payload: &Payload) {
    let listed = payload.json["attachments"].as_array().map_or(0, Vec::len);
    if payload.files.len().max(listed) > FILES {
        complaints.add("attachments", "BASE_TYPE_MAX_LENGTH", format!("Must be {FILES} or fewer in length."));
    }
    for (index, one) in list(Some(&payload.json["attachments"])).enumerate() {
        let path = format!("attachments.{index}");
        if one["id"].is_null() {
            complaints.add(&format!("{path}.id"), "BASE_TYPE_REQUIRED", "This field is required");
        }
        text::between(complaints, &format!("{path}.filename"), &one["filename"], 1, 1024);
        text::limited(complaints, &format!("{path}.description"), &one["description"], 1024);
    }
    for file in payload.files.iter().filter(|file| file.content.len() > FILE_BYTES) {
        let message = format!("File is larger than {} MiB.", FILE_BYTES >> 20);
        complaints.add(&format!("files.{}", file.id), "BASE_TYPE_MAX_SIZE", message);
    }
}
