//! Prometheus and Alertmanager as the distribution built them, with our rules, routes and inhibitions.

#![expect(clippy::disallowed_methods, reason = "the configuration that ships is read and its timings cut short")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::router::Router;
use crate::http;
use crate::place::{checkout, free_port, temporary};
use crate::process::{Program, Running};

/// Unpacking a package for the first time may need the network.
const UNPACK: Duration = Duration::from_secs(300);

/// A running Alertmanager with the configuration that ships.
#[derive(Debug)]
pub struct Alertmanager {
    /// Its port on loopback.
    pub port: u16,
    running: Running,
    _folder: TempDir,
}

impl Alertmanager {
    /// Starts it with `router` as its receiver.
    ///
    /// # Errors
    /// When the shipped configuration cannot be adapted, or the program does not get ready.
    pub fn start(router: &Router) -> Result<Self> {
        let folder = temporary()?;
        let shipped = std::fs::read_to_string(checkout().join("deploy/alertmanager/alertmanager.yml"))?;
        let config = folder.path().join("alertmanager.yml");
        std::fs::write(&config, adapted(&shipped, router)?)?;
        let port = free_port()?;
        let program = peer("alertmanager").arg(format!("--config.file={}", config.display()));
        let program = program.arg(format!("--storage.path={}", folder.path().join("data").display()));
        let program = program.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--cluster.listen-address=");
        let mut running = program.start()?;
        running.wait_for_http(&format!("http://127.0.0.1:{port}/-/ready"), 200, UNPACK)?;
        Ok(Self { port, running, _folder: folder })
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }
}

/// The shipped file with the router's address and token, and everything told at once.
fn adapted(shipped: &str, router: &Router) -> Result<String> {
    let token = router.token_file().display().to_string();
    let port = format!("127.0.0.1:{}", router.port);
    let changes = [
        ("127.0.0.1:19193", port.as_str()),
        ("/etc/alertmanager/gjallarhorn-token", &token),
        ("group_wait: 10s", "group_wait: 1s"),
        ("\n  group_interval: 1m", "\n  group_interval: 2s"),
    ];
    let mut text = shipped.to_owned();
    for (from, to) in changes {
        ensure!(text.contains(from), "the shipped alertmanager.yml has no `{}` any more", from.trim());
        text = text.replace(from, to);
    }
    Ok(text)
}

/// How long the rules wait before they fire, and before they let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As long as they say.
    Shipped,
    /// Five seconds for the rules of this file, as long as they say for all others.
    Hasty(&'static str),
}

/// A running Prometheus with the rules that ship, looking every two seconds: on a busy machine a page may need more than one,
/// and a scrape that fails takes the numbers out of a line that is made just then.
#[derive(Debug)]
pub struct Prometheus {
    /// Its port on loopback.
    pub port: u16,
    running: Running,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts it; each of `exporters` is a port on loopback and the host it is shown as. Alerts go to `chain`, if there is one.
    ///
    /// # Errors
    /// When the program does not get ready.
    pub fn start(exporters: &[(u16, String)], pace: Pace, chain: Option<(&Router, &Alertmanager)>) -> Result<Self> {
        let folder = temporary()?;
        let config = folder.path().join("prometheus.yml");
        std::fs::write(&config, configuration(exporters, &rules(pace, folder.path())?, chain))?;
        let port = free_port()?;
        let program = peer("prometheus").arg(format!("--config.file={}", config.display()));
        let program = program.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        let mut running = program.arg(format!("--web.listen-address=127.0.0.1:{port}")).start()?;
        running.wait_for_http(&format!("http://127.0.0.1:{port}/-/ready"), 200, UNPACK)?;
        Ok(Self { port, running, _folder: folder })
    }

    /// The alerts it holds, pending ones included, as its API gives them.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn alerts(&self) -> Result<serde_json::Value> {
        let reply = http::get(&format!("http://127.0.0.1:{}/api/v1/alerts", self.port))?;
        serde_json::from_slice(&reply.body).context("read the alerts of Prometheus")
    }

    /// The value of the first series that a query finds now.
    ///
    /// # Errors
    /// When it does not answer or the answer is none.
    pub fn value(&self, query: &str) -> Result<Option<f64>> {
        let reply = http::get(&format!("http://127.0.0.1:{}/api/v1/query?query={}", self.port, escaped(query)))?;
        let answer: serde_json::Value = serde_json::from_slice(&reply.body).context("read the answer of Prometheus")?;
        ensure!(answer["status"] == "success", "Prometheus did not like {query}: {answer}");
        Ok(answer["data"]["result"][0]["value"][1].as_str().and_then(|value| value.parse().ok()))
    }

    /// Its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }
}

/// A query as part of an address.
fn escaped(query: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    query.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Where the rules are.
fn rules(pace: Pace, folder: &Path) -> Result<PathBuf> {
    let shipped = checkout().join("rules/essential");
    let Pace::Hasty(file) = pace else { return Ok(shipped.join("*.yaml")) };
    for entry in std::fs::read_dir(&shipped)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let text = if path.ends_with(file) { text.lines().map(hastened).collect() } else { text };
        std::fs::write(folder.join(format!("rules-{}", name(&path))), text)?;
    }
    Ok(folder.join("rules-*.yaml"))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A line of a rule file whose waiting is cut short.
fn hastened(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let waits = ["for: ", "keep_firing_for: "].into_iter().find(|key| line.trim_start().starts_with(key));
    let line = waits.map_or(line.to_owned(), |key| format!("{}{key}5s", " ".repeat(indent)));
    line + "\n"
}

fn configuration(exporters: &[(u16, String)], rules: &Path, chain: Option<(&Router, &Alertmanager)>) -> String {
    let mut text = format!(
        "global: {{scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s}}
rule_files: [\"{}\"]
scrape_configs:
  - job_name: gjallarhorn-exporter
    static_configs:
",
        rules.display()
    );
    for (port, host) in exporters {
        text.push_str(&format!("      - {{targets: [\"127.0.0.1:{port}\"], labels: {{instance: {host}}}}}\n"));
    }
    if let Some((router, alertmanager)) = chain {
        text.push_str(&format!(
            "  - job_name: gjallarhorn-router
    static_configs: [{{targets: [\"127.0.0.1:{}\"], labels: {{instance: pi-2}}}}]
alerting:
  alertmanagers: [{{static_configs: [{{targets: [\"127.0.0.1:{}\"]}}]}}]
",
            router.port, alertmanager.port
        ));
    }
    text
}

fn peer(name: &str) -> Program {
    let script: &Path = &checkout().join("tests/rig/peers/peer.sh");
    Program::new(name, script).arg(name)
}
