//! The deciding half of the alert router: events in, decisions out, messages rendered within every limit
