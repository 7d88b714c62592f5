//! A child process for calls that can hang in the kernel.
//!
//! A thread stuck in the kernel keeps its process from being reaped and its port busy. So the call is made by a child:
//! started once at boot from the same program file, asked over a pipe, one question at a time, each with a deadline.
//! The program ends, restarts and answers while the child waits. A lock file held by the child keeps the child of a
//! restarted program from asking while an older one is still stuck. A lost child is not started again: another would
//! hang in the same place, and a person should know.
//!
//! The two ends: [`Child`] asks, [`serve`] answers. Both block; neither belongs on the event loop.

mod frame;
mod lock;
mod parent;
mod pipe;
mod serve;

pub use parent::{Bounds, Child, ChildState};
pub use serve::serve;
