//! The shell of a program: HTTP, schedules, bounded readers, child workers, self-health, config, logs, signals.
//!
//! Roles and engines are pure; everything that waits, reads or listens is here, once. This crate knows no pool, no
//! sensor and no alert. Start reading at [`program`] (how the parts are put together), then [`role`] (what a role
//! gives), [`roles`] (how it is run) and [`http`] (what is served).
//!
//! Two laws hold throughout. Every wait has a deadline, and every byte read has a limit. The event loop is one thread
//! and never touches a file: whatever can block runs on a [`worker::Worker`] with a deadline.
//!
//! # A role
//!
//! ```no_run
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//! use gjallarhorn_metrics::{Definition, Snapshot};
//! use gjallarhorn_service::{bounded, clock::Timestamp, health::Health, role::{Fresh, Poll, Role}};
//!
//! gjallarhorn_metrics::families! {
//!     /// Load of the machine over one minute.
//!     pub LOAD = gauge "example_load" None [];
//! }
//!
//! struct Example { kept: Mutex<Vec<Arc<Snapshot>>> }
//!
//! impl Role for Example {
//!     fn name(&self) -> &'static str { "example" }
//!     fn table(&self) -> &'static [&'static Definition] { TABLE }
//!     fn fresh(&self, _now: Timestamp) -> Fresh {
//!         let mut samples = Snapshot::builder(10);
//!         let outcome = bounded::read_text("/proc/loadavg".as_ref(), 4096).map(|text| {
//!             samples.push_some(&LOAD, [], text.split(' ').next().and_then(|one| one.parse::<f64>().ok()));
//!         });
//!         Fresh { samples: samples.finish(), outcome }
//!     }
//!     fn kept(&self, _now: Timestamp) -> Vec<Arc<Snapshot>> {
//!         self.kept.lock().map(|kept| kept.clone()).unwrap_or_default()
//!     }
//!     fn sources(self: Arc<Self>) -> Vec<Poll> {
//!         let slow = move |_now| Ok(self.kept.lock().map(|mut kept| kept.clear()).unwrap_or_default());
//!         vec![Poll::new("slow", Duration::from_secs(60), Duration::from_secs(10), slow)]
//!     }
//!     fn explain(&self, _now: Timestamp) -> String { "the load of this machine, from /proc/loadavg".into() }
//! }
//! ```
//!
//! # A program
//!
//! ```no_run
//! use std::process::ExitCode;
//! use gjallarhorn_service::{health::Health, http::{About, Answer, Listeners, Route, Site}, log, program::Program, roles::Roles, runtime};
//!
//! fn main() -> ExitCode {
//!     log::init(log::Level::INFO, log::Format::Logfmt);
//!     let health = Health::new("1.0.0");
//!     let outcome = runtime::block_on(async move {
//!         let roles = Roles::start(Vec::new(), &health)?;
//!         let about = About { name: "example", version: "1.0.0", about: "Shows how it is done." };
//!         let site = Site::new(about)
//!             .metrics(roles.scrape())
//!             .ready(roles.readiness())
//!             .route(Route::get("/hello", |_request| async { Answer::text(200, "hello\n") }));
//!         let listeners = Listeners::bind(&["127.0.0.1:9134".into()])?;
//!         Program::new(site, listeners).run().await
//!     });
//!     match outcome { Ok(()) => ExitCode::SUCCESS, Err(_) => ExitCode::FAILURE }
//! }
//! ```

pub mod bounded;
pub mod child;
pub mod clock;
pub mod config;
pub mod failure;
pub mod families;
pub mod health;
pub mod http;
pub mod log;
pub mod page;
pub mod program;
pub mod role;
pub mod roles;
pub mod runtime;
pub mod secret;
pub mod signal;
pub mod state;
pub mod systemd;
pub mod words;
pub mod worker;

pub use clock::Timestamp;
pub use failure::{Failure, FailureKind};
