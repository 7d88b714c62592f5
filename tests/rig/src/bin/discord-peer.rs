//! The Discord peer by itself, for scripts: prints the webhook's address, then one line of JSON for each new state of a
//! message. Ends with its standard input.
//!
//! `discord-peer [PORT]`

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use gjallarhorn_rig::discord::{Limits, Peer};
use serde_json::json;

const LOOK_EVERY: Duration = Duration::from_millis(100);

fn main() -> Result<()> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse()).context("read the port")?;
    let peer = Peer::start_on(port, Limits::documented())?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", peer.url())?;
    let (ended, end) = channel::<()>();
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        drop(ended);
    });
    let mut shown = HashMap::new();
    while end.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        for message in peer.messages() {
            let seen = shown.entry(message.id.clone()).or_insert(0);
            for (number, version) in message.versions.iter().enumerate().skip(*seen) {
                writeln!(out, "{}", json!({ "message": message.id, "edit": number, "body": version.body }))?;
            }
            *seen = message.versions.len();
        }
    }
    Ok(())
}
