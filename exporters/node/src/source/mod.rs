//! Where the role reads: the kernel's files, the names of the host, and whatever turns swap on at boot.
//!
//! Every path is looked up below a root, so that a recorded machine and the host seen from a container are read like this
//! machine. Nothing here decides whether a host conforms.

pub mod facts;
pub mod kernel;
pub mod names;
pub mod notice;
pub mod restorers;
pub mod root;
pub mod systemd;
