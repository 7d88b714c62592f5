//! The alert router: webhook in, durable journal, Discord and email out.

use std::process::ExitCode;

use clap::Parser as _;
use gjallarhorn_router::verbs::{self, cli::Cli};

fn main() -> ExitCode {
    verbs::run(Cli::parse())
}
