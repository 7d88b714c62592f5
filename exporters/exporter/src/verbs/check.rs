//! `check`: is the configuration file good, and does this machine offer what is expected of it?

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use gjallarhorn_service::failure::chain;

use super::{FAILED, discover, print};
use crate::assembly;
use crate::cli::Options;
use crate::place::Place;
use crate::selection;
use crate::sticky::Memory;

pub(super) fn run(options: &Options, place: &Place) -> anyhow::Result<ExitCode> {
    let file = options.config.as_deref();
    assembly::settings(file)?;
    let mut text = format!("configuration: {}\n", file.map_or("none, defaults", |_| "good"));
    let mut well = true;
    let memory = Memory::load(&place.state).unwrap_or_else(|failure| {
        well = false;
        let _ = writeln!(text, "state: cannot be read ({})", chain(&failure));
        Memory::none(&place.state)
    });
    for candidate in selection::candidates(options, place, &memory) {
        well &= candidate.sight.is_ok() || !candidate.runs();
        let _ = writeln!(text, "{}", discover::line(&candidate));
    }
    let _ = writeln!(text, "state: {}", remembers(&place.state));
    print(&text)?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Where memory would be kept. It is not tried: `check` changes nothing.
fn remembers(folder: &Path) -> String {
    let there = if folder.is_dir() { "" } else { ", made at the first start" };
    format!("{}{there}", folder.display())
}
