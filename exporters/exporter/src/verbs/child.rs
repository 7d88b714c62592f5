//! The hidden verb `ROLE-child`: the life of a role's child process. It is looked for before the command line is
//! parsed, so that the child stays as small as it can be.

use std::io::{self, Write as _};
use std::process::ExitCode;

use gjallarhorn_service::failure::chain;

use super::FAILED;
use crate::registry::ROLES;

/// The child's exit code, or nothing if this process is no child.
pub(crate) fn run(arguments: &[String]) -> Option<ExitCode> {
    let (verb, rest) = arguments.get(1..)?.split_first()?;
    let kind = ROLES.iter().find(|kind| verb.strip_suffix("-child") == Some(kind.name))?;
    Some(match (kind.child)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "{verb}: {}", chain(&failure));
            ExitCode::from(FAILED)
        }
    })
}
