//! The running router: everything is built here, and nothing is decided.
//!
//! [`boot`] brings the core back from the journal, [`targets`] makes the lanes, [`site`] the pages; [`run`] starts them
//! and ends them in the order in which nothing is lost: first the door, then the lanes, then the keeper.

pub mod boot;
pub mod gauges;
pub mod heartbeat;
pub mod post;
pub mod reload;
pub mod site;
pub mod targets;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_engine::Limits;
use gjallarhorn_service::http::Listeners;
use gjallarhorn_service::program::Program;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::config::Config;
use crate::intake::Door;
use crate::intake::auth::Keys;
use crate::intake::reading::Deliveries;
use crate::journal::Writer;
use crate::keeper::{Desk, Keeper};
use crate::lanes::preview::Gallery;
use crate::secrets::Vault;
use crate::shared::Shared;
use site::Rooms;

/// How long messages that are out may take to be answered once the router ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What `main` has prepared.
#[derive(Debug)]
pub struct Prepared {
    /// The configuration, checked.
    pub config: Config,
    /// Its secrets.
    pub vault: Arc<Vault>,
    /// Certificates and other files the configuration names, read.
    pub papers: targets::Papers,
    /// The sockets.
    pub listeners: Listeners,
    /// Where the configuration was read from, to read it again.
    pub source: reload::Source,
}

/// Serves until told to end.
///
/// # Errors
/// What keeps the router from starting. A journal that cannot be opened does not.
pub async fn run(prepared: Prepared) -> Result<()> {
    let Prepared { config, vault, papers, listeners, source } = prepared;
    let policy = boot::policy(&config)?;
    let mut writer = Writer::start(&config.state_dir).context("start the journal's thread")?;
    let booted = boot::boot(&mut writer, policy, &config).await?;
    let (end, ended) = watch::channel(false);
    let (mut keeper, desk) =
        Keeper::new(booted.shared.clone(), writer, booted.seq, boot::keep(&config), boot::expectations(&config));
    keeper.begin(booted.owed, booted.first, booted.found).await;
    let shared = booted.shared;
    let line = tokio::spawn(keeper.run(ended.clone()));

    let gallery = Arc::new(Gallery::default());
    let (end_lanes, lanes_ended) = watch::channel(false);
    let mut lanes = JoinSet::new();
    let parts =
        targets::Parts { shared: shared.clone(), desk: desk.clone(), vault: vault.clone(), gallery: gallery.clone() };
    targets::start(&config, &papers, booted.buckets, parts, lanes_ended.clone(), &mut lanes)?;
    // These have nothing to finish: they end with this function.
    let mut others = JoinSet::new();
    heartbeat::start(&config, shared.clone(), vault.clone(), &mut others)?;
    reload::watch_secrets(vault.clone(), shared.clone(), desk.clone(), &mut others);

    let door = door(&config, &shared, &desk, &vault);
    let rooms = Rooms { shared: shared.clone(), gallery, vault: vault.clone(), config: Arc::new(config) };
    let reloader = reload::reloader(source, rooms.config.clone(), shared.clone(), vault);
    let served = Program::new(site::site(rooms, door), listeners).reload(reloader).run().await;

    // The door is closed: nothing new comes in. What is out is waited for, then the line is drained.
    let _ = end_lanes.send(true);
    finish(lanes).await;
    others.shutdown().await;
    drop(desk);
    let _ = end.send(true);
    if tokio::time::timeout(LAST_WORDS * 2, line).await.is_err() {
        warn!("the journal did not take the last rows in time; what was acknowledged is in its log");
    }
    info!("ended");
    Ok(served?)
}

fn door(config: &Config, shared: &Arc<Shared>, desk: &Desk, vault: &Arc<Vault>) -> Arc<Door> {
    let bytes = usize::try_from(config.intake.max_body.get()).unwrap_or(usize::MAX);
    Arc::new(Door {
        desk: desk.clone(),
        shared: shared.clone(),
        keys: Keys::new(&config.intake, vault.clone()),
        deliveries: Deliveries::default(),
        limits: Limits { bytes, ..Limits::default() },
    })
}

/// Lanes end by themselves once what is out has been answered.
async fn finish(mut lanes: JoinSet<()>) {
    let all = async { while lanes.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_WORDS, all).await;
}
