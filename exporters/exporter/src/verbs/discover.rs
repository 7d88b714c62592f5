//! `discover`: what each role finds on this machine, one line each.

use std::fmt::Write as _;
use std::process::ExitCode;

use gjallarhorn_service::failure::chain;

use super::print;
use crate::cli::Options;
use crate::place::Place;
use crate::selection::{self, Candidate};
use crate::sticky::Memory;

pub(super) fn run(options: &Options, place: &Place) -> anyhow::Result<ExitCode> {
    let memory = Memory::load(&place.state).unwrap_or_else(|_| Memory::none(&place.state));
    let mut text = String::new();
    for candidate in selection::candidates(options, place, &memory) {
        let _ = writeln!(text, "{}", line(&candidate));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is found, or why nothing is, and whether that is as it should be.
pub(super) fn line(candidate: &Candidate) -> String {
    let name = candidate.kind.name;
    match &candidate.sight {
        Ok(found) => format!("{name}: {found}"),
        Err(_) if !candidate.runs() => format!("{name}: nothing on this machine"),
        Err(failure) if candidate.finds_nothing() => {
            format!("{name}: expected on this machine, and nothing is there ({})", chain(failure))
        }
        Err(failure) => format!("{name}: cannot look ({})", chain(failure)),
    }
}
