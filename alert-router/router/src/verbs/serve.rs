//! `serve`: read everything that can fail, bind, then run.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use gjallarhorn_service::http::Listeners;
use gjallarhorn_service::{log, runtime, secret};

use super::cli::Options;
use super::{FAILED, WRONG, complain};
use crate::config::Config;
use crate::secrets::Vault;
use crate::serve::reload::{Overrides, Source};
use crate::serve::targets::{Papers, secret_places};
use crate::serve::{self, Prepared};

/// Serves until told to end.
#[must_use]
pub fn run(options: &Options) -> ExitCode {
    log::init(options.log_level.unwrap_or(log::Level::INFO), options.log_format);
    let source = source(options);
    let config = match source.read() {
        Ok(config) => config,
        Err(error) => {
            complain(error.as_ref());
            return WRONG.into();
        }
    };
    match prepare(config, source).and_then(|prepared| runtime::block_on(serve::run(prepared))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            FAILED.into()
        }
    }
}

/// Where the configuration stands, with the flags above it.
#[must_use]
pub fn source(options: &Options) -> Source {
    Source {
        path: options.config.clone(),
        overrides: Overrides { listen: options.listen.clone(), state_dir: options.state_dir.clone() },
        allow_unauthenticated: options.allow_unauthenticated,
    }
}

fn prepare(config: Config, source: Source) -> Result<Prepared> {
    let vault = Arc::new(Vault::open(secret_places(&config), &secret::environment)?);
    let papers = Papers::read(&config)?;
    // A directory that cannot be made is not fatal: alerts are told from memory then, and the journal says why.
    let _ = std::fs::create_dir_all(&config.state_dir);
    let listeners = match Listeners::from_systemd()? {
        Some(listeners) => listeners,
        None => Listeners::bind(&config.listen).context("open the door")?,
    };
    Ok(Prepared { config, vault, papers, listeners, source })
}
