//! The alert router: webhook in, durable journal, Discord and email out.

pub mod discord;
pub mod journal;
