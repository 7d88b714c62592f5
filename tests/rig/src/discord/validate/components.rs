//! Components a plain webhook may send: rows of link buttons. Interactive ones need a webhook owned by an application.

use serde_json::Value;

use super::{Complaints, text};

const ROWS: usize = 5;
const BUTTONS: usize = 5;
const LABEL: usize = 80;
const LINK: usize = 512;

const ROW: u64 = 1;
const BUTTON: u64 = 2;
const STYLE_LINK: u64 = 5;

pub(crate) fn check(complaints: &mut Complaints, value: &Value) {
    if value.is_null() {
        return;
    }
    let Some(rows) = value.as_array() else {
        complaints.add("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return;
    };
    if rows.len() > ROWS {
        complaints.add("components", "BASE_TYPE_BAD_LENGTH", format!("Must be between 1 and {ROWS} in length."));
    }
    for (index, row) in rows.iter().enumerate() {
        check_row(complaints, &format!("components.{index}"), row);
    }
}

fn check_row(complaints: &mut Complaints, path: &str, row: &Value) {
    if row["type"].as_u64() != Some(ROW) {
        complaints.add(&format!("{path}.type"), "BASE_TYPE_CHOICES", format!("Value must be one of ({ROW},)."));
        return;
    }
    let path = format!("{path}.components");
    let buttons = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    if buttons.is_empty() || buttons.len() > BUTTONS {
        complaints.add(&path, "BASE_TYPE_BAD_LENGTH", format!("Must be between 1 and {BUTTONS} in length."));
    }
    for (index, button) in buttons.iter().enumerate() {
        check_button(complaints, &format!("{path}.{index}"), button);
    }
}

fn check_button(complaints: &mut Complaints, path: &str, button: &Value) {
    let at = |key: &str| format!("{path}.{key}");
    if button["type"].as_u64() != Some(BUTTON) {
        complaints.add(&at("type"), "BASE_TYPE_CHOICES", format!("Value must be one of ({BUTTON},)."));
        return;
    }
    let labelled =
        text::between(complaints, &at("label"), &button["label"], 0, LABEL).is_some_and(|label| !label.is_empty());
    if !labelled && button["emoji"].is_null() {
        complaints.add(path, "BUTTON_COMPONENT_MUST_HAVE_LABEL_OR_EMOJI", "A button needs a label or an emoji.");
    }
    if button["style"].as_u64() != Some(STYLE_LINK) || !button["custom_id"].is_null() {
        complaints.add(
            &at("style"),
            "BASE_TYPE_CHOICES",
            "A webhook not owned by an application may send link buttons only.",
        );
    }
    if button["url"].is_null() {
        complaints.add(&at("url"), "BASE_TYPE_REQUIRED", "A url is required");
    }
    text::url(complaints, &at("url"), &button["url"], LINK);
}
