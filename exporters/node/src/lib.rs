//! The node role: whether a host still is what it was set up to be, and who undid it.
//!
//! - [`families`]: the table of everything it can say, [`words`] its bounded labels. Start here.
//! - [`parse`]: pure, from bytes to values. [`source`]: which files, below which root.
//! - [`restore`] and [`watch`]: pure, who brings which device back, and how often swap was turned on.
//! - [`observe`]: pure, from what was read to checks and samples; what is not known is no sample.
//! - [`role`]: the wiring. The list of swap on every scrape and every second; everything else in the background.
//! - [`exporter`]: what the binary needs to know of the role.
//!
//! Alerts and their words are in `rules/`.

pub mod config;
mod explain;
pub mod exporter;
pub mod families;
pub mod observe;
pub mod parse;
pub mod restore;
pub mod role;
pub mod source;
#[cfg(test)]
mod tests;
pub mod watch;
pub mod words;
