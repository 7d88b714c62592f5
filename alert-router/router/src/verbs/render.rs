//! `render`: what a phone, Discord or a mail reader would show of a webhook.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use gjallarhorn_engine::{Limits, Preview, Timestamp, parse, preview};
use gjallarhorn_service::bounded;
use gjallarhorn_service::clock::Timestamp as Reading;

use super::cli::Medium;
use super::{FAILED, complain, print};
use crate::discord::payload;

/// Renders the webhook in `fixture`.
#[must_use]
pub fn run(fixture: &Path, target: Medium, source: &str) -> ExitCode {
    match read(fixture).and_then(|body| shown(&body, target, source)) {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(error.as_ref());
            FAILED.into()
        }
    }
}

fn read(fixture: &Path) -> Result<Vec<u8>> {
    let limit = Limits::default().bytes;
    if fixture != Path::new("-") {
        return Ok(bounded::read(fixture, limit)?);
    }
    let mut body = Vec::new();
    std::io::stdin().take(limit as u64 + 1).read_to_end(&mut body).context("read standard input")?;
    Ok(body)
}

fn shown(body: &[u8], target: Medium, source: &str) -> Result<String> {
    let webhook = parse(body, &Limits::default()).context("read the webhook")?;
    let now = Timestamp(i64::try_from(Reading::now().unix.as_millis()).unwrap_or(i64::MAX));
    let Some(Preview { line, discord, mail }) = preview(&webhook, source, now) else {
        bail!("this webhook would not be told by itself: it holds no alert, or only a watchdog");
    };
    Ok(match target {
        Medium::Line => format!("{line}\n"),
        Medium::Discord => {
            let body = payload::create(&discord)?;
            format!("{}\n", String::from_utf8_lossy(&body.bytes))
        }
        Medium::Mail => format!("Subject: {}\n\n{}\n", mail.subject, mail.text),
        Medium::Html => format!("{}\n", mail.html),
    })
}
