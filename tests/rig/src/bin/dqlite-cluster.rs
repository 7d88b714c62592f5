//! A real dqlite cluster by itself, for scripts and to play with: prints one line of JSON (process ids, roots, and how to ask
//! every node), then does what its standard input says, one step a line, and ends with it.
//!
//! `dqlite-cluster SIZE`
//!
//! Steps: `start N`, `stop N`, `kill N`, `freeze N`, `thaw N`, `isolate N`, `heal N`, `fill N`, `empty N`, `rest` (no more
//! writes), `burst` (24 MiB), `answers`. Each is answered by a line: `done` and what there is to say, or `failed` and why.

use std::io::{BufRead, Write};

use anyhow::{Context, Result, bail};
use gjallarhorn_rig::dqlite::{Cluster, Node};
use serde_json::json;

fn main() -> Result<()> {
    let size = std::env::args().nth(1).map_or(Ok(3), |size| size.parse()).context("read the size")?;
    let mut cluster = Cluster::start(size)?;
    let mut out = std::io::stdout();
    let hosts: Vec<_> = cluster.nodes().iter().map(host).collect();
    writeln!(out, "{}", json!({ "hosts": hosts, "hub": cluster.hub_pid(), "question": cluster.question() }))?;
    for line in std::io::stdin().lock().lines() {
        match step(&mut cluster, &line?) {
            Ok(said) => writeln!(out, "done {said}")?,
            Err(error) => writeln!(out, "failed {error:#}")?,
        }
    }
    Ok(())
}

fn host(node: &Node) -> serde_json::Value {
    json!({
        "name": node.name(), "address": node.address(), "root": node.root(), "namespaces": node.host_pid(),
        "node": node.pid(),
    })
}

fn step(cluster: &mut Cluster, line: &str) -> Result<String> {
    let (verb, number) = line.trim().split_once(' ').unwrap_or((line.trim(), "0"));
    let number = number.parse().with_context(|| format!("no number: {number}"))?;
    match verb {
        "start" => cluster.node(number)?.start()?,
        "stop" => cluster.node(number)?.stop()?,
        "kill" => cluster.node(number)?.kill()?,
        "freeze" => cluster.node(number)?.freeze()?,
        "thaw" => cluster.node(number)?.thaw()?,
        "isolate" => cluster.isolate(number)?,
        "heal" => cluster.heal(number)?,
        "fill" => cluster.node(number)?.fill_disk()?,
        "empty" => cluster.node(number)?.empty_disk()?,
        "burst" => cluster.burst()?,
        "rest" => cluster.rest(),
        "answers" => return Ok(format!("{:?}", cluster.answers()?)),
        _ => bail!("no step is called {verb}"),
    }
    Ok(String::new())
}
