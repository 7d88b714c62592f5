//! The router with its configuration, state and secrets in a folder, to be started, killed and started again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::disk::Disk;
use super::page::Page;
use crate::discord::Peer;
use crate::http::{self, Reply};
use crate::place::{free_port, program, temporary};
use crate::process::{Program, Running};
use crate::smtp::Postfix;
use crate::wait::PATIENCE;

/// What the router is connected to.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    /// The webhook's address, with `http://` or `https://`.
    pub webhook: Option<String>,
    /// The authority a webhook with TLS is trusted by, in PEM.
    pub authority: Option<String>,
    /// The mail server's port and the certificate it shows; without one, mail goes in the clear.
    pub mail: Option<(u16, Option<PathBuf>)>,
    /// How long a new target waits to gather what was already wrong; empty for the default.
    pub settle: &'static str,
    /// Where the state stands instead of in the router's own folder.
    pub state: Option<PathBuf>,
    /// Mount options of a small file system of its own for the state (`size=4m`), to be filled or changed by a test.
    pub own_disk: Option<&'static str>,
    /// Lines added to the configuration.
    pub further: String,
}

impl Wiring {
    /// To the first webhook of a peer, without TLS.
    #[must_use]
    pub fn to_discord(mut self, peer: &Peer) -> Self {
        self.webhook = Some(peer.url());
        self
    }

    /// To the first webhook of a peer, with TLS.
    #[must_use]
    pub fn to_discord_with_tls(mut self, peer: &Peer) -> Self {
        self.webhook = Some(peer.tls_url());
        self.authority = Some(peer.ca_pem().to_owned());
        self
    }

    /// To a postfix, with STARTTLS; the recipient is `you@example.org`.
    #[must_use]
    pub fn to_mail(mut self, postfix: &Postfix) -> Self {
        self.mail = Some((postfix.port, Some(postfix.certificate())));
        self
    }
}

/// The token that webhooks carry; must be found in no log.
const TOKEN: &str = "planted-intake-token-4711";

/// A router that can be started again and again on the same state.
#[derive(Debug)]
pub struct Router {
    /// Its port on loopback.
    pub port: u16,
    folder: TempDir,
    state: PathBuf,
    disk: Option<Disk>,
    running: Option<Running>,
    earlier: String,
}

impl Router {
    /// Writes its configuration and secrets.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub fn prepare(wiring: &Wiring) -> Result<Self> {
        let folder = temporary()?;
        let port = free_port()?;
        let state = wiring.state.clone().unwrap_or_else(|| folder.path().join("state"));
        std::fs::create_dir_all(&state)?;
        secret(&folder.path().join("token"), TOKEN)?;
        let config = configuration(wiring, folder.path(), &state, port)?;
        std::fs::write(folder.path().join("router.yml"), config)?;
        let disk = wiring.own_disk.map(|options| Disk::mount(&state, options)).transpose()?;
        Ok(Self { port, folder, state, disk, running: None, earlier: String::new() })
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it cannot be built or does not answer; its log is in the error.
    pub fn start(&mut self) -> Result<()> {
        let mut running = self.program("serve")?.start()?;
        running.wait_for_http(&self.url("/-/healthy"), 200, PATIENCE)?;
        self.running = Some(running);
        Ok(())
    }

    /// Runs a line of shell where the router sees its own disk, as `$1`.
    ///
    /// # Errors
    /// When the router has no disk of its own or the line fails.
    pub fn on_disk(&self, line: &str) -> Result<String> {
        let disk = self.disk.as_ref().context("the router has no disk of its own")?;
        disk.within("sh").args(["-c", line, "sh"]).arg(&self.state).run(PATIENCE)
    }

    /// The program with one of its verbs and this configuration.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn program(&self, verb: &str) -> Result<Program> {
        let path = program("gjallarhorn-router")?;
        let program = match &self.disk {
            None => Program::new("router", path),
            Some(disk) => disk.within(path),
        };
        Ok(program.arg(verb).arg("--config").arg(self.config()))
    }

    /// Kills it without a word (SIGKILL).
    ///
    /// # Errors
    /// When it was not running.
    pub fn kill(&mut self) -> Result<()> {
        let mut running = self.running.take().context("the router is not running")?;
        running.kill()?;
        self.earlier.push_str(&running.log());
        Ok(())
    }

    /// Asks it to end.
    ///
    /// # Errors
    /// When it has not ended within `patience`.
    pub fn terminate(&mut self, patience: Duration) -> Result<()> {
        let mut running = self.running.take().context("the router is not running")?;
        let status = running.terminate(patience)?;
        self.earlier.push_str(&running.log());
        anyhow::ensure!(status.success(), "the router ended with {status}:\n{}", running.log());
        Ok(())
    }

    /// Hands in a webhook as Alertmanager does.
    ///
    /// # Errors
    /// When nothing answers.
    pub fn post(&self, body: &[u8]) -> Result<Reply> {
        let bearer = format!("Bearer {TOKEN}");
        http::post(&self.url("/v1/alertmanager"), &[("Authorization", &bearer)], body)
    }

    /// What it serves now.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn page(&self) -> Result<Page> {
        Page::scrape(self.port)
    }

    /// An address on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The log of all its lives.
    #[must_use]
    pub fn log(&self) -> String {
        let now = self.running.as_ref().map(Running::log).unwrap_or_default();
        format!("log of the router:\n{}{now}", self.earlier)
    }

    /// The token that webhooks carry.
    #[must_use]
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// The file with the token.
    #[must_use]
    pub fn token_file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("router.yml")
    }

    /// Where the journal stands.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }
}

fn secret(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

fn configuration(wiring: &Wiring, folder: &Path, state: &Path, port: u16) -> Result<String> {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut text = format!(
        "listen: [\"127.0.0.1:{port}\"]\nstate_dir: {}\nintake:\n  bearer_token_files: [{}]\n",
        state.display(),
        at("token")
    );
    if let Some(webhook) = &wiring.webhook {
        secret(&folder.join("webhook"), webhook)?;
        text.push_str(&format!("discord:\n  phone:\n    webhook_url_file: {}\n", at("webhook")));
        match &wiring.authority {
            None => text.push_str("    allow_http_loopback: true\n"),
            Some(authority) => {
                std::fs::write(folder.join("authority.pem"), authority)?;
                text.push_str(&format!("    extra_root_file: {}\n", at("authority.pem")));
            }
        }
    }
    if let Some((port, certificate)) = &wiring.mail {
        text.push_str("mail:\n  from: Gjallarhorn <gjallarhorn@example.org>\n  to:\n    inbox: you@example.org\n");
        text.push_str(&format!("  server:\n    host: localhost\n    port: {port}\n    deadline: 10s\n"));
        match certificate {
            None => text.push_str("    tls: none\n"),
            Some(path) => text.push_str(&format!("    tls: starttls\n    extra_root_file: {}\n", path.display())),
        }
    }
    if !wiring.settle.is_empty() {
        text.push_str(&format!("timing:\n  settle: {}\n", wiring.settle));
    }
    Ok(text + &wiring.further)
}
