//! The alert router: webhook in, durable journal, Discord and email out.
//!
//! The way of an alert: [`intake`] takes a webhook, the [`keeper`] has the [`journal`] write it and lets the [`core`]
//! absorb it, then the sender hears 200. The engine (a crate of its own) decides what each target should be told; a
//! lane of [`lanes`] tells it, and the answer comes back as an event. [`serve`] puts the parts together; [`verbs`] is
//! the command line.
//!
//! What is absent: this crate decides nothing about alerts, and renders nothing but its own pages.

pub mod clock;
pub mod config;
pub mod core;
pub mod discord;
pub mod families;
pub mod intake;
pub mod journal;
pub mod keeper;
pub mod lanes;
pub mod ledger;
pub mod mail;
pub mod metrics;
pub mod pages;
pub mod record;
pub mod secrets;
pub mod serve;
pub mod shared;
pub mod verbs;
