//! A real postfix on a loopback port, with STARTTLS and greylisting; all of its state in a folder of its own.

#![expect(clippy::disallowed_methods, reason = "mailboxes are files")]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::mail::Mail;
use crate::place::{checkout, free_port, temporary};
use crate::process::Program;
use crate::wait::{PATIENCE, until};

/// Unpacking the package for the first time may need the network.
const UNPACK: Duration = Duration::from_secs(300);

/// A running postfix; it takes mail for `example.org` and stops when dropped.
#[derive(Debug)]
pub struct Postfix {
    folder: TempDir,
    /// The port on 127.0.0.1.
    pub port: u16,
}

impl Postfix {
    /// Starts it. The first try of each client, sender and recipient is turned away for `grey` (0 turns that off).
    ///
    /// # Errors
    /// When this process is not root, or postfix cannot be unpacked or started.
    pub fn start(grey: Duration) -> Result<Self> {
        let folder = temporary()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        let postfix = Self { folder, port: free_port()? };
        let port = postfix.port.to_string();
        postfix
            .script("start")
            .arg(&port)
            .env("GREY", grey.as_secs().to_string())
            .run(UNPACK)
            .context("start postfix")?;
        Ok(postfix)
    }

    /// The certificate that STARTTLS shows, in PEM: trust it.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("etc/cert.pem")
    }

    /// The mails delivered so far, in the order of their delivery.
    ///
    /// # Errors
    /// When the mailbox cannot be read.
    pub fn mailbox(&self) -> Result<Vec<Mail>> {
        let folder = self.folder.path().join("mail/all/new");
        let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(Vec::new()) };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
        files.sort();
        files.into_iter().map(|(_, path)| Ok(Mail::parse(&std::fs::read(path)?))).collect()
    }

    /// Waits for a mail that satisfies `wanted`.
    ///
    /// # Errors
    /// When none does within `patience`; the subjects of all mails are in the error.
    pub fn wait_for_mail(&self, what: &str, patience: Duration, wanted: impl Fn(&Mail) -> bool) -> Result<Mail> {
        let found = until(what, patience, || self.mailbox().unwrap_or_default().into_iter().find(|mail| wanted(mail)));
        found.map_err(|error| {
            let mails = self.mailbox().unwrap_or_default();
            let subjects: Vec<_> = mails.iter().map(|mail| mail.header("Subject").unwrap_or_default()).collect();
            error.context(format!("mails so far: {subjects:#?}"))
        })
    }

    fn script(&self, verb: &str) -> Program {
        Program::new("postfix.sh", checkout().join("tests/rig/peers/postfix.sh")).arg(verb).arg(self.folder.path())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.script("stop").run(PATIENCE));
    }
}
