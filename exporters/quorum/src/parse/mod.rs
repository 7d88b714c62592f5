//! Bytes in, values out. Pure: no file, clock, socket or environment is known below this line.
//!
//! Nothing here panics on any input and nothing invents a number. [`wire`] reads what a node answers, [`raft`] what its
//! log says on disk, [`files`] what MicroK8s writes beside it, [`certificate`] the certificates,
//! [`cgroup`] what the kernel counts for a service, [`snapd`] what snapd answers.

pub mod certificate;
pub mod cgroup;
pub mod files;
pub mod raft;
pub mod snapd;
pub mod wire;
