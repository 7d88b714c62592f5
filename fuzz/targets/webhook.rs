//! The body of a webhook, as anybody who reaches the port may send it, up to the words on the phone.

#![no_main]

use gjallarhorn_engine::render::DiscordMessage;
use gjallarhorn_engine::webhook::{Limits, parse};
use gjallarhorn_engine::{Timestamp, preview};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(webhook) = parse(bytes, &Limits::default()) else { return };
    let Some(shown) = preview(&webhook, "fuzz", Timestamp::default()) else { return };
    let DiscordMessage { content, .. } = shown.discord;
    assert!(content.encode_utf16().count() <= 2000, "Discord refuses a longer message");
    assert!(!shown.mail.subject.contains(['\r', '\n']), "a header must not be broken out of");
});
