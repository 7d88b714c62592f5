//! The command line: what can be asked, and who answers.

pub mod check;
pub mod cli;
pub mod explain;
pub mod render;
pub mod send_test;
pub mod serve;

use std::process::ExitCode;

use cli::{Cli, Verb};

/// Something failed.
pub const FAILED: u8 = 1;
/// Flags or configuration are wrong.
pub const WRONG: u8 = 2;

/// Does what was asked.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let verb = cli.verb.clone().unwrap_or(Verb::Serve);
    match verb {
        Verb::Serve => serve::run(&cli.options),
        Verb::Check { offline } => check::run(&cli.options, offline),
        Verb::Explain { what } => explain::run(&cli.options, what.as_deref()),
        Verb::Render { fixture, target, source } => render::run(&fixture, target, &source),
        Verb::SendTest { targets } => send_test::run(&cli.options, &targets),
    }
}

/// Prints an answer; a reader that went away is no failure.
pub fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Prints an error and everything behind it on one line.
pub fn complain(error: &dyn std::error::Error) {
    use std::io::Write as _;
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    let _ = writeln!(std::io::stderr(), "gjallarhorn-router: {words}");
}
