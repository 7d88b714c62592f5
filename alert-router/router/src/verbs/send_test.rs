//! `send-test`: one message of each severity to each target, so that a person can hear whether it rings.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gjallarhorn_client::Method;
use gjallarhorn_engine::{Labels, Limits, Mentions, Preview, Severity, Timestamp, parse, preview};
use gjallarhorn_service::clock::Timestamp as Reading;
use gjallarhorn_service::{runtime, secret};
use serde_json::json;

use super::cli::Options;
use super::{FAILED, WRONG, complain, print, serve};
use crate::config::{Config, Discord, Mail};
use crate::discord::address::Address;
use crate::discord::transport::exchange;
use crate::discord::{payload, verdict};
use crate::mail::letter::letter;
use crate::mail::session::Session;
use crate::secrets::Vault;
use crate::serve::post::PostOffice;
use crate::serve::targets::{Papers, client, secret_places};

/// Between two messages: well inside Discord's five in two seconds, and apart for the ear.
const PAUSE: Duration = Duration::from_secs(2);

const QUESTION: &str = "\
Did it ring? The critical one must make a sound on a locked phone, the warning a notification, the info nothing.
If it did not: set the channel to \"All messages\" or mention a role, and note that Discord holds pushes back while you
are active on a desktop.
";

/// Sends the tests.
#[must_use]
pub fn run(options: &Options, targets: &[String]) -> ExitCode {
    let config = match serve::source(options).read() {
        Ok(config) => config,
        Err(error) => {
            complain(error.as_ref());
            return WRONG.into();
        }
    };
    match runtime::block_on(async { send(&config, targets).await }) {
        Ok(0) => {
            print(QUESTION);
            ExitCode::SUCCESS
        }
        Ok(failed) => {
            print(&format!("{failed} messages were not taken\n"));
            FAILED.into()
        }
        Err(error) => {
            complain(error.as_ref());
            FAILED.into()
        }
    }
}

async fn send(config: &Config, wanted: &[String]) -> Result<usize> {
    let vault = Arc::new(Vault::open(secret_places(config), &secret::environment)?);
    let papers = Papers::read(config)?;
    let is_wanted = |name: &String| wanted.is_empty() || wanted.contains(name);
    let known = config.discord.keys().chain(config.mail.iter().flat_map(|mail| mail.to.keys()));
    if let Some(unknown) = wanted.iter().find(|name| !known.clone().any(|known| known == *name)) {
        bail!("no Discord or mail target has this name: {unknown}");
    }
    let mut failed = 0;
    for severity in [Severity::Info, Severity::Warning, Severity::Critical] {
        let message = test(severity)?;
        for (name, target) in config.discord.iter().filter(|(name, _)| is_wanted(name)) {
            failed += say(name, severity, discord(target, &message, severity, &vault, &papers).await);
        }
        if let Some(mail) = &config.mail {
            let office = PostOffice::new(&mail.server, &papers, vault.clone());
            for (name, address) in mail.to.iter().filter(|(name, _)| is_wanted(name)) {
                failed += say(name, severity, letter_to(mail, address, &message, &office).await);
            }
        }
        if severity != Severity::Critical {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(failed)
}

fn say(name: &str, severity: Severity, sent: Result<()>) -> usize {
    match sent {
        Ok(()) => print(&format!("{name}: {} test sent\n", word(severity))),
        Err(error) => {
            print(&format!("{name}: {} test not taken: {error:#}\n", word(severity)));
            return 1;
        }
    }
    0
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

/// A webhook like any other, rendered like any other, and marked.
fn test(severity: Severity) -> Result<Preview> {
    let word = word(severity);
    let summary = format!("test of a {word} alert from gjallarhorn-router. Nothing is wrong");
    let labels = Labels::from([("alertname".into(), "GjallarhornTest".into()), ("severity".into(), word.into())]);
    let action = "Nothing. Ask yourself whether it rang.";
    let began = "2026-01-01T00:00:00Z";
    let body = json!({
        "version": "4", "groupKey": format!("test-{word}"), "receiver": "test", "status": "firing",
        "groupLabels": labels, "commonLabels": labels, "alerts": [{
            "status": "firing", "labels": labels, "annotations": { "summary": summary, "action": action },
            "startsAt": began, "fingerprint": format!("test{word}"),
        }],
    });
    let webhook = parse(body.to_string().as_bytes(), &Limits::default())?;
    let now = Timestamp(i64::try_from(Reading::now().unix.as_millis()).unwrap_or(i64::MAX));
    let mut message = preview(&webhook, "send-test", now).context("the test does not render")?;
    message.discord.content = format!("🧪 {}", message.discord.content);
    message.mail.subject = format!("🧪 {}", message.mail.subject);
    message.mail.message_id_seed = format!("{}-{}", message.mail.message_id_seed, now.0);
    Ok(message)
}

async fn discord(target: &Discord, test: &Preview, severity: Severity, vault: &Vault, papers: &Papers) -> Result<()> {
    let secret = vault.get(&target.webhook_url_file).context("the address was not read")?;
    let address = Address::read(&secret, target.thread_id)?;
    let mut message = test.discord.clone();
    let mention = match severity {
        Severity::Critical => target.mentions.critical.clone(),
        Severity::Warning => target.mentions.warning.clone(),
        Severity::Info => Default::default(),
    };
    message.silent = severity == Severity::Info;
    message.content.extend(mention.roles.iter().map(|id| format!(" <@&{id}>")));
    message.content.extend(mention.users.iter().map(|id| format!(" <@{id}>")));
    message.mentions = Mentions { roles: mention.roles, users: mention.users };
    let (body, to) = (payload::create(&message)?, address.create(!message.links.is_empty()));
    match exchange(&client(target, papers)?, Method::POST, &to, Some(body)).await {
        Ok(heard) if (200..300).contains(&heard.status) => Ok(()),
        Ok(heard) => bail!("{}", vault.scrub(&verdict::words(&heard))),
        Err(unheard) => bail!("{}", vault.scrub(&unheard.words)),
    }
}

async fn letter_to(mail: &Mail, address: &str, test: &Preview, office: &PostOffice) -> Result<()> {
    let letter = letter(&test.mail, &mail.from.parse()?, &address.parse()?, Reading::now().unix)?;
    let door = office.door().map_err(anyhow::Error::msg)?;
    match Session::new(&door).deliver(&letter.envelope, &letter.bytes).await {
        Ok(_) => Ok(()),
        Err(refusal) => bail!("{}", office.scrub(&refusal.to_string())),
    }
}
