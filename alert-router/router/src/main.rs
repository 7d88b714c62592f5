//! The alert router: webhook in, durable journal, Discord and email out
fn main() {}
