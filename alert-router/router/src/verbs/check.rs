//! `check`: is the file good, are the secrets there, does everyone answer? Nothing is sent.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gjallarhorn_client::Method;
use gjallarhorn_service::{runtime, secret};

use super::cli::Options;
use super::{FAILED, WRONG, complain, print, serve};
use crate::config::{Config, Discord};
use crate::discord::address::Address;
use crate::discord::transport::exchange;
use crate::discord::verdict;
use crate::mail::session::Session;
use crate::secrets::Vault;
use crate::serve::post::PostOffice;
use crate::serve::targets::{Papers, client, secret_places};

/// Checks everything that can be checked without sending anything.
#[must_use]
pub fn run(options: &Options, offline: bool) -> ExitCode {
    let config = match serve::source(options).read() {
        Ok(config) => config,
        Err(error) => {
            complain(error.as_ref());
            return WRONG.into();
        }
    };
    print("configuration: good\n");
    let outcome = runtime::block_on(async { look(&config, offline).await });
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(bad) => {
            print(&format!("{bad} of the above need a look\n"));
            FAILED.into()
        }
        Err(error) => {
            complain(error.as_ref());
            FAILED.into()
        }
    }
}

/// One line for each thing looked at; how many are bad.
async fn look(config: &Config, offline: bool) -> Result<usize> {
    let mut bad = 0;
    let mut say = |what: String, found: Result<String>| match found {
        Ok(words) => print(&format!("{what}: {words}\n")),
        Err(error) => {
            bad += 1;
            print(&format!("{what}: {error:#}\n"));
        }
    };
    say("state".into(), state(config));
    let vault = Arc::new(Vault::open(secret_places(config), &secret::environment)?);
    let papers = Papers::read(config)?;
    say("secrets".into(), Ok(format!("{} read", secret_places(config).count())));
    if offline {
        return Ok(bad);
    }
    for (name, target) in &config.discord {
        say(format!("discord {name}"), webhook(target, &vault, &papers).await);
    }
    if let Some(mail) = &config.mail {
        let office = PostOffice::new(&mail.server, &papers, vault.clone());
        say(format!("mail {}", mail.server.host), server(&office).await);
    }
    Ok(bad)
}

fn state(config: &Config) -> Result<String> {
    let directory = &config.state_dir;
    let metadata =
        std::fs::metadata(directory).with_context(|| format!("the journal's directory {}", directory.display()))?;
    if !metadata.is_dir() || metadata.permissions().readonly() {
        bail!("the journal's directory is none, or is read-only: {}", directory.display());
    }
    Ok(format!("the journal stands in {}", directory.display()))
}

async fn webhook(target: &Discord, vault: &Vault, papers: &Papers) -> Result<String> {
    let secret = vault.get(&target.webhook_url_file).context("the address was not read")?;
    let address = Address::read(&secret, target.thread_id)?;
    match exchange(&client(target, papers)?, Method::GET, &address.look(), None).await {
        Ok(heard) if heard.status == 200 => Ok(format!("the webhook {} is there", address.id())),
        Ok(heard) => bail!("{}", vault.scrub(&verdict::words(&heard))),
        Err(unheard) => bail!("{}", vault.scrub(&unheard.words)),
    }
}

async fn server(office: &PostOffice) -> Result<String> {
    let door = office.door().map_err(anyhow::Error::msg)?;
    match Session::new(&door).knock().await {
        Ok(words) => {
            Ok(format!("{words}, {}", if door.login.is_some() { "and lets us in" } else { "without a login" }))
        }
        Err(refusal) => bail!("{}", office.scrub(&refusal.to_string())),
    }
}
