//! `once`: one page, every source asked once. With a file, the textfile collector of node_exporter takes it from there.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gjallarhorn_service::roles::Roles;
use gjallarhorn_service::{Failure, runtime};

use super::print;
use crate::assembly::{self, Assembly};
use crate::cli::Options;
use crate::place::Place;

/// How long the sources of tier 0 may take.
const BUDGET: Duration = Duration::from_secs(5);

pub(super) fn run(options: &Options, place: &Place, output: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Assembly { health, roles, .. } = assembly::assemble(options, place)?;
    let page = runtime::block_on(async move {
        let roles = Roles::start(roles, &health)?;
        roles.settled().await;
        Ok::<_, Failure>(roles.page(BUDGET).await)
    })?;
    match output {
        None => print(&page)?,
        Some(file) => replace(file, &page).with_context(|| format!("write {}", file.display()))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Replaces the file whole: whoever reads it sees the old page or the new one, never a part.
fn replace(file: &Path, page: &str) -> std::io::Result<()> {
    let mut beside = OsString::from(file);
    // Not `.prom`: the collector must not take the half-written one.
    beside.push(".new");
    let mut new = fs::File::create(&beside)?;
    new.write_all(page.as_bytes())?;
    new.sync_all()?;
    fs::rename(&beside, file).inspect_err(|_| drop(fs::remove_file(&beside)))
}
