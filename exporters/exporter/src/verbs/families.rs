//! `families`: every metric there is, from the family tables.

use std::process::ExitCode;

use super::print;
use crate::catalog::{self, Chapter, Format};
use crate::cli::Options;
use crate::registry;

pub(super) fn run(options: &Options, format: Format) -> anyhow::Result<ExitCode> {
    let wanted = |chapter: &Chapter| options.roles.is_empty() || options.roles.iter().any(|role| role == chapter.name);
    let chapters: Vec<Chapter> = registry::chapters().into_iter().filter(wanted).collect();
    print(&catalog::write(&chapters, format))?;
    Ok(ExitCode::SUCCESS)
}
