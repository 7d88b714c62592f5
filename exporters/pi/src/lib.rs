//! The pi role: heat, throttling and power of a Raspberry Pi, as metrics.
//!
//! - [`families`]: the table of everything it can say. Start here.
//! - [`parse`]: what the bytes of the firmware, of sysfs and of the device tree mean; pure.
//! - [`observe`]: from what was read to samples, and what is counted between two scrapes; pure.
//! - [`source`]: fetching the bytes; the firmware is asked by a child process, which may hang alone.
//! - [`polls`]: the sampler that looks once a second, and the slower readings, each on a thread of its own.
//! - [`role`], [`exporter`]: the wiring, and what the binary needs to know.
//!
//! Alerts and their words are in `rules/`.

pub mod config;
mod explain;
pub mod exporter;
pub mod families;
pub mod observe;
pub mod parse;
mod polls;
pub mod role;
pub mod source;
