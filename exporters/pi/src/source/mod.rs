//! Fetching the bytes: files below an injected root, and the firmware through a child.
//!
//! - [`machine`]: the kernel's small files and the device tree.
//! - [`firmware`]: the asking side of the firmware: one question at a time, refusals remembered.
//! - [`doors`]: the answering side, the life of the child. A firmware that hangs holds whoever asks it in the kernel, where
//!   no signal reaches; so only the child asks.
//! - [`held`]: a file that is read every second.
//! - [`mailbox`]: the one call itself, and the only `unsafe` of this crate.

pub mod doors;
pub mod firmware;
pub mod held;
pub mod machine;
mod mailbox;
mod recorded;
