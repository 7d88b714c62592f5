//! Every alert as a phone and a mailbox show it, in files that a person can look at and a diff can show.

use std::path::Path;

use anyhow::{Context, Result};
use gjallarhorn_engine::{Limits, Preview, Timestamp};

use super::proofs::Expected;
use crate::tree;
use crate::webhook::{Alert, body};

/// When every example began, and the time at which it is shown: ten minutes later.
const BEGAN: &str = "2026-01-05T02:10:00Z";
const SHOWN: Timestamp = Timestamp::from_secs(1_767_579_600);

/// What the router makes of an example of `name`; `None` for a heartbeat, which is not told.
///
/// # Errors
/// When the engine does not understand the webhook.
pub fn preview(name: &str, example: &Expected) -> Result<Option<Preview>> {
    let mut labels = example.labels.clone();
    labels.insert("alertname".to_owned(), name.to_owned());
    let alert = Alert { labels, annotations: example.annotations.clone(), starts_at: BEGAN.to_owned(), ends_at: None };
    let webhook = gjallarhorn_engine::parse(&body(&[alert]), &Limits::default()).context("read our own webhook")?;
    Ok(gjallarhorn_engine::preview(&webhook, "alertmanager", SHOWN))
}

/// The files of one alert: their names and bytes.
///
/// # Errors
/// When the message cannot be written as JSON.
pub fn files(name: &str, preview: &Preview) -> Result<Vec<(String, String)>> {
    let discord =
        gjallarhorn_router::discord::payload::create(&preview.discord).context("write the Discord message")?;
    let discord: serde_json::Value = serde_json::from_slice(&discord.bytes).context("read the Discord message")?;
    let mail = format!("Subject: {}\n\n{}", preview.mail.subject, preview.mail.text);
    Ok(vec![
        (format!("{name}.discord.json"), serde_json::to_string_pretty(&discord)? + "\n"),
        (format!("{name}.mail.txt"), mail),
        (format!("{name}.mail.html"), preview.mail.html.clone()),
    ])
}

/// Compares with what lies in `folder`, or writes it there when `write` says so.
///
/// # Errors
/// When a file cannot be written.
pub fn compare(folder: &Path, name: &str, fresh: &str, write: bool) -> Result<Option<String>> {
    let path = folder.join(name);
    if write {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, fresh)?;
    }
    let kept = tree::read(&path).unwrap_or_default();
    Ok((kept != fresh).then(|| format!("{name} differs; look at it with GJALLARHORN_GOLDEN=write and git diff")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_found_and_writing_mends_it() {
        let folder = gjallarhorn_rig::place::temporary().unwrap();
        assert!(compare(folder.path(), "a.txt", "x", false).unwrap().is_some());
        assert!(compare(folder.path(), "a.txt", "x", true).unwrap().is_none());
        assert!(compare(folder.path(), "a.txt", "x", false).unwrap().is_none());
        assert!(compare(folder.path(), "a.txt", "y", false).unwrap().is_some());
    }
}
