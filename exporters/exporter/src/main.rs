//! One binary, the exporters as roles.
//!
//! `main` reads the command line and the environment and nothing else; [`cli`] says what can be asked, [`registry`] is
//! the one list of roles, and each verb is a file in [`verbs`].

mod assembly;
mod catalog;
mod cli;
mod keeper;
mod place;
mod registry;
mod selection;
mod sticky;
mod verbs;
mod watchers;

use std::process::ExitCode;

use clap::Parser as _;

use cli::Cli;
use place::Place;

#[expect(clippy::disallowed_methods, reason = "main reads the environment for all others")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(code) = verbs::child::run(&arguments) {
        return code;
    }
    let mut cli = Cli::parse();
    let program = arguments.first().map_or("", String::as_str);
    if let Some(kind) = registry::by_program(program)
        && cli.options.roles.is_empty()
    {
        cli.options.roles.push(kind.name.to_owned());
    }
    let systemd = std::env::var("STATE_DIRECTORY").ok();
    let place = Place::new(&cli.options.root, cli.options.state_dir.as_deref(), systemd.as_deref());
    verbs::run(cli, &place)
}
