//! The real binary on recorded machines: its pages, its words, its exit codes, and how it lives and ends.
#![expect(clippy::expect_used, reason = "a helper of a test may end the test")]
#![expect(clippy::panic, reason = "a helper of a test may end the test")]
#![expect(clippy::disallowed_methods, reason = "tests read files of the repository and wait with deadlines")]

mod config;
mod life;
mod metrics_page;
mod once;
mod pi;
mod program;
mod quorum;
mod recordings;
mod words;
