//! Fetching the bytes: from peers over one kept connection each, from the data folder, from MicroK8s' files.
//!
//! - [`peer`]: asks every member the three questions of [`crate::parse::wire`].
//! - [`identity`]: the certificate and key that open the door to them, read again when they are replaced.
//! - [`raft`]: looks at dqlite's data folder.
//! - [`microk8s`]: reads the small files around it.
//! - [`services`]: what the kernel counts for MicroK8s' services.
//! - [`snapd`]: asks snapd which channel the snap follows.
//! - [`grant`]: names the command that grants what is denied.
//!
//! All of it blocks, so it runs on the threads of background polls. Nothing here writes, anywhere.

pub mod grant;
pub mod identity;
pub mod microk8s;
pub mod peer;
pub mod raft;
pub mod services;
pub mod snapd;

#[cfg(test)]
#[path = "tests/fake.rs"]
pub(crate) mod fake;
