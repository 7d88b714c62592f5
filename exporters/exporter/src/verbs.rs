//! The verbs: each takes what it needs and answers with an exit code.

mod check;
pub(crate) mod child;
mod discover;
pub(crate) mod explain;
mod families;
mod manual;
mod once;
mod running;
mod safe_to_stop;
mod serve;

use std::io::{self, Write as _};
use std::process::ExitCode;

use gjallarhorn_service::log;

use crate::cli::{Cli, Verb};
use crate::place::Place;

/// Something failed while it was done.
pub(crate) const FAILED: u8 = 1;
/// The command line or the configuration file is wrong; what a person must mend before anything can be done.
pub(crate) const MISTAKEN: u8 = 2;

/// Does what was asked.
pub(crate) fn run(cli: Cli, place: &Place) -> ExitCode {
    let Cli { verb, options } = cli;
    let verb = verb.unwrap_or(Verb::Serve);
    let usual = if matches!(verb, Verb::Serve) { log::Level::INFO } else { log::Level::WARN };
    log::init(options.log_level.unwrap_or(usual), options.log_format);
    let outcome = match verb {
        Verb::Serve => serve::run(&options, place),
        Verb::Once { output } => once::run(&options, place, output.as_deref()),
        Verb::Check => check::run(&options, place),
        Verb::Discover => discover::run(&options, place),
        Verb::Families { format } => families::run(&options, format),
        Verb::Explain { role } => explain::run(&options, place, role.as_deref()),
        Verb::SafeToStop { node } => safe_to_stop::run(&options, place, &node),
        Verb::Completions { shell } => manual::completions(shell),
        Verb::Man => manual::page(),
    };
    outcome.unwrap_or_else(|error| complain(&error))
}

/// Says on standard error why it did not work, on one line, and gives the exit code.
fn complain(error: &anyhow::Error) -> ExitCode {
    let mistaken = error.chain().any(|cause| cause.is::<gjallarhorn_service::config::ConfigError>());
    let _ = writeln!(io::stderr(), "gjallarhorn-exporter: {error:#}");
    ExitCode::from(if mistaken { MISTAKEN } else { FAILED })
}

/// Writes to standard output. A reader that went away (`| head`) has seen what it wanted.
fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
