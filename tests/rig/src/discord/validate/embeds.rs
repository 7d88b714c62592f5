//! Embeds: ten of them, each part with its own limit, and one limit over all.

use serde_json::Value;

use super::{Complaints, text};

const EMBEDS: usize = 10;
const TITLE: usize = 256;
const DESCRIPTION: usize = 4096;
const FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1024;
const FOOTER: usize = 2048;
const AUTHOR: usize = 256;
/// Over title, description, fields, footer and author of all embeds of a message.
const ALL: usize = 6000;
const COLOUR: u64 = 0xFF_FF_FF;

pub(crate) fn check(complaints: &mut Complaints, value: &Value) {
    if value.is_null() {
        return;
    }
    let Some(embeds) = value.as_array() else {
        complaints.add("embeds", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return;
    };
    if embeds.len() > EMBEDS {
        complaints.add("embeds", "BASE_TYPE_MAX_LENGTH", format!("Must be {EMBEDS} or fewer in length."));
    }
    let sum: usize =
        embeds.iter().enumerate().map(|(index, one)| embed(complaints, &format!("embeds.{index}"), one)).sum();
    if sum > ALL {
        complaints.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", format!("Embed size exceeds maximum size of {ALL}"));
    }
}

/// Checks one embed and returns how much it adds to the sum.
fn embed(complaints: &mut Complaints, path: &str, embed: &Value) -> usize {
    if !embed.is_object() {
        complaints.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return 0;
    }
    let at = |key: &str| format!("{path}.{key}");
    let mut sum = text::limited(complaints, &at("title"), &embed["title"], TITLE);
    sum += text::limited(complaints, &at("description"), &embed["description"], DESCRIPTION);
    sum += text::limited(complaints, &at("footer.text"), &embed["footer"]["text"], FOOTER);
    sum += text::limited(complaints, &at("author.name"), &embed["author"]["name"], AUTHOR);
    sum += fields(complaints, &at("fields"), &embed["fields"]);
    if sum == 0 && embed["image"].is_null() && embed["thumbnail"].is_null() {
        complaints.add(&at("description"), "BASE_TYPE_REQUIRED", "This field is required");
    }
    text::url(complaints, &at("url"), &embed["url"], text::URL);
    for (key, inner) in
        [("author", "url"), ("author", "icon_url"), ("footer", "icon_url"), ("image", "url"), ("thumbnail", "url")]
    {
        text::url(complaints, &at(&format!("{key}.{inner}")), &embed[key][inner], text::URL);
    }
    text::time(complaints, &at("timestamp"), &embed["timestamp"]);
    if !embed["color"].is_null() && embed["color"].as_u64().is_none_or(|colour| colour > COLOUR) {
        complaints.add(&at("color"), "NUMBER_TYPE_MAX", format!("int value should be between 0 and {COLOUR}."));
    }
    sum
}

fn fields(complaints: &mut Complaints, path: &str, value: &Value) -> usize {
    let Some(fields) = value.as_array() else { return 0 };
    if fields.len() > FIELDS {
        complaints.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {FIELDS} or fewer in length."));
    }
    let mut sum = 0;
    for (index, field) in fields.iter().enumerate() {
        sum += text::required(complaints, &format!("{path}.{index}.name"), &field["name"], FIELD_NAME);
        sum += text::required(complaints, &format!("{path}.{index}.value"), &field["value"], FIELD_VALUE);
    }
    sum
}
