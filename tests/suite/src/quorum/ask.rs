//! The ways to ask whether a node may be stopped: over HTTP, by the metric, by the command that asks the service, and by the
//! command that looks itself. They must agree.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gjallarhorn_rig::dqlite::{Cluster, Watch};
use gjallarhorn_rig::http;
use gjallarhorn_rig::wait::until;

use super::row::Say;

/// A page and an answer are made one after the other, and a look at the cluster may come between.
const AGREE: Duration = Duration::from_secs(20);

/// What the running exporter says over HTTP, once its metric and the command that asks it say the same; with its sentence.
/// "Cannot tell" is asked again for as long as `patience`, as a person would: after a change a look or two is needed before
/// every disk is seen to be written.
///
/// # Errors
/// When they do not come to agree, or the status is not that of the answer.
pub fn service(watch: &Watch, node: &str, patience: Duration) -> Result<(Say, String)> {
    let mut last = String::new();
    drop(until("an answer", patience, || over_http(watch, node).ok().filter(|(say, _)| *say != Say::CannotTell)));
    let agreed = until("one answer over HTTP, by the metric and by the command", AGREE, || {
        let (say, sentence) = over_http(watch, node).map_err(|error| last = format!("{error:#}")).ok()?;
        let by_metric = by_metric(watch, node).map_err(|error| last = format!("{error:#}")).ok()?;
        let (by_verb, told) = by_verb(watch, node).map_err(|error| last = format!("{error:#}")).ok()?;
        last = format!("HTTP: {sentence} Metric: {by_metric:?} Command: {told}");
        (say == by_metric && say == by_verb && sentence == told).then_some((say, sentence))
    });
    agreed.with_context(|| format!("{} on {node}: {last}", watch.host()))
}

/// What the command says on the host of `watch`, with its sentence; asked again like [`service`].
///
/// # Errors
/// When it ends with another exit code than 0, 1 or 3.
pub fn command(watch: &Watch, cluster: &Cluster, node: &str, patience: Duration) -> Result<(Say, String)> {
    let definite = || typed(watch, cluster, node).ok().filter(|(say, _)| *say != Say::CannotTell);
    until("an answer", patience, definite).or_else(|_| typed(watch, cluster, node))
}

/// The command, asking the service that runs.
fn by_verb(watch: &Watch, node: &str) -> Result<(Say, String)> {
    answered(watch.verb_of_service(&["safe-to-stop", node])?)
}

fn typed(watch: &Watch, cluster: &Cluster, node: &str) -> Result<(Say, String)> {
    answered(watch.verb(cluster, &["safe-to-stop", node])?)
}

fn answered((code, words): (i32, String)) -> Result<(Say, String)> {
    let say = Say::of(code.into()).with_context(|| format!("exit code {code}: {words}"))?;
    Ok((say, words.trim().to_owned()))
}

fn over_http(watch: &Watch, node: &str) -> Result<(Say, String)> {
    let reply = http::get(&format!("http://127.0.0.1:{}/v1/safe-to-stop?node={node}", watch.port()))?;
    let told: serde_json::Value = serde_json::from_slice(&reply.body).with_context(|| reply.text())?;
    let code = told["exit_code"].as_i64().context("no exit code")?;
    let say = Say::of(code).with_context(|| format!("exit code {code}"))?;
    ensure!(reply.status == say.status(), "{say:?} with status {}", reply.status);
    Ok((say, told["sentence"].as_str().unwrap_or_default().to_owned()))
}

fn by_metric(watch: &Watch, node: &str) -> Result<Say> {
    let value = watch.page()?.value("quorum_safe_to_stop", &[&format!("node=\"{node}\"")]);
    Ok(match value {
        Some(1.0) => Say::Yes,
        Some(_) => Say::No,
        None => Say::CannotTell,
    })
}
