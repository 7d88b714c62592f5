//! The pi role: heat, throttling and power of a Raspberry Pi, as metrics.
//!
//! - [`families`]: the table of everything it can say. Start here.
//! - [`parse`]: what the bytes of the firmware, of sysfs and of the device tree mean; pure.

pub mod families;
pub mod parse;
