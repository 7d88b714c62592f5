//! The families of all roles as a page for people or programs. Everything on it comes from the family tables.

mod json;
mod markdown;
mod text;

use clap::ValueEnum;
use gjallarhorn_metrics::{Allowed, Definition};

/// How the page is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One family per line, for a terminal and for grep.
    #[default]
    Text,
    /// The page `docs/metrics.md`.
    Markdown,
    /// For programs.
    Json,
}

/// The table of one role, or of the self-health that all share.
#[derive(Clone, Copy)]
pub(crate) struct Chapter {
    /// The role's name.
    pub(crate) name: &'static str,
    /// One sentence.
    pub(crate) about: &'static str,
    /// Its families.
    pub(crate) table: &'static [&'static Definition],
}

/// Writes the chapters in a format.
pub(crate) fn write(chapters: &[Chapter], format: Format) -> String {
    match format {
        Format::Text => text::write(chapters),
        Format::Markdown => markdown::write(chapters),
        Format::Json => json::write(chapters),
    }
}

/// The words that a label may take; nothing if it may be anything.
fn words(allowed: Allowed) -> Option<&'static [&'static str]> {
    match allowed {
        Allowed::Any => None,
        Allowed::OneOf(words) => Some(words),
    }
}
