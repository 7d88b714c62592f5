//! The configuration file: what a user may write, and what it becomes.
//!
//! The structs in this folder are the file, key by key; [`policy`] turns them into what the engine decides by. Reading
//! the file and refusing unknown keys is the service crate's work; what only this program can know to be wrong (a route
//! to a target that does not exist, an address that is none) is refused by [`check`].

mod check;
mod policy;
mod sections;

pub use check::{Complaint, check, is_name};
pub use policy::{PREVIEW, policy};
pub use sections::{
    Basic, Config, Discord, Heartbeat, Intake, Keep, Mail, MailServer, Mention, Mentions, RouteNode, Sender, Timing,
    Tls,
};

#[cfg(test)]
mod tests;
