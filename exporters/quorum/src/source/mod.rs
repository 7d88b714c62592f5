//! Fetching what the parsers read, each with a deadline and a limit of bytes.
