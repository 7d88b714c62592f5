//! What to do about "permission denied", in the words of a command.

use gjallarhorn_service::{Failure, FailureKind};
use nix::unistd::{User, geteuid};

/// Adds to a denied reading who was denied and the command that grants it; any other failure stays as it is.
///
/// MicroK8s gives its group the right to read the database, its key and its locks, and renews it every five seconds
/// (`microk8s-resources/wrappers/apiservice-kicker`); with CIS hardening it takes it away from the group.
#[must_use]
pub fn explained(failure: Failure) -> Failure {
    if failure.kind != FailureKind::Denied {
        return failure;
    }
    let why = failure.source.as_ref().map(|source| format!("{source}; ")).unwrap_or_default();
    failure.because(format!("{why}{}", advice(&user())))
}

fn advice(user: &str) -> String {
    format!(
        "`sudo usermod -aG microk8s {user}` and a restart of the exporter grant it \
         (a node with CIS hardening grants it to root alone)"
    )
}

/// The user this program runs as; his number if he has no name.
fn user() -> String {
    let uid = geteuid();
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use gjallarhorn_service::failure::chain;

    use super::*;

    #[test]
    fn a_denied_reading_names_the_command_and_others_do_not() {
        let failed = |kind: io::ErrorKind| chain(&explained(Failure::io("read", Path::new("/x"), kind.into())));
        let denied = failed(io::ErrorKind::PermissionDenied);
        assert!(denied.starts_with("read /x: denied: permission denied; `sudo usermod -aG microk8s "), "{denied}");
        assert_eq!(failed(io::ErrorKind::NotFound), "read /x: absent: entity not found");
    }
}
