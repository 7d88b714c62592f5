//! The deciding half of the alert router: events in, decisions out, messages rendered within every limit.
//!
//! The engine keeps, for every group of alerts and every target, what the target *should* have been told and what it
//! *was* told, and converges. It is no queue: repeats, duplicates of a redundant sender and retries collapse by
//! construction, and what began and ended while a target was down is still told, once.
//!
//! It knows no clock, file, socket, randomness or environment. The shell around it turns the crank:
//!
//! ```no_run
//! # use gjallarhorn_engine::*;
//! # fn now() -> Timestamp { Timestamp::default() }
//! # fn journal(_: &Event) {}
//! # fn ledger(_: Vec<Decision>) {}
//! # fn transport(_: Rendered, _: Option<&str>) -> Outcome { Outcome::MessageGone }
//! # fn stored() -> (Vec<u8>, Vec<(Timestamp, Event)>) { (Vec::new(), Vec::new()) }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (policy, target, body) = (Policy::default(), TargetName("phone".into()), b"{}");
//! // Boot: the last checkpoint, the events after it, then the attempts whose end is not known.
//! let (checkpoint, later) = stored();
//! let mut engine = Engine::restore(policy, &checkpoint)?; // or Engine::new(policy)
//! for (at, event) in &later {
//!     engine.apply(*at, event);
//! }
//! for attempt in engine.in_flight() {
//!     let event = Event::Interrupted { attempt };
//!     journal(&event);
//!     ledger(engine.apply(now(), &event));
//! }
//!
//! // A webhook: parse, journal, answer 200, apply.
//! let webhook = Box::new(parse(body, &Limits::default())?);
//! let event = Event::Received { source: "am".into(), delivery: DeliveryId("17".into()), webhook };
//! journal(&event);
//! ledger(engine.apply(now(), &event));
//!
//! // Each target, after every event and at the time it asked for. One send is out at a time per target.
//! match engine.next(&target, now()) {
//!     Next::Send(send) => {
//!         let started = Event::Started { send: send.clone() };
//!         journal(&started); // fsync: after a crash this attempt is known to be ambiguous
//!         ledger(engine.apply(now(), &started));
//!         let outcome = transport(engine.render(&send), send.edits.as_deref());
//!         let answered = Event::Answered { attempt: send.attempt.clone(), outcome };
//!         journal(&answered);
//!         ledger(engine.apply(now(), &answered));
//!     }
//!     Next::WaitUntil(_at) => {} // ask again then
//!     Next::Idle => {}           // ask again after an event
//! }
//!
//! // Time alone matters rarely: give-up, forgetting, a silent watchdog. `wake_at` says when.
//! if engine.wake_at().is_some_and(|at| at <= now()) {
//!     journal(&Event::Clock);
//!     ledger(engine.apply(now(), &Event::Clock));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it reads of an alert
//!
//! | carried by | used for |
//! |---|---|
//! | label `severity` | critical, warning or info, with the words other people's rules use; unknown is a warning |
//! | label `node`, else `instance` without its port, else `host` … | where it is |
//! | label `gjallarhorn_test`, not empty | the mark of a test |
//! | label `alertname` = `Watchdog` | being heard; never told |
//! | annotation `summary` | the line: `{where}: {what}, {consequence or number}. {first thing to do}` |
//! | annotation `over` | the line of the end: `{where}: {what is well again}`, to which ` after 15 min` is added |
//! | annotations `action`, `description`, `runbook_url`, `dashboard_url` | the card; commands stand in backticks |
//!
//! Other annotations are not kept, and a change of one is no news.
//!
//! # Where to read on
//!
//! `webhook` reads bytes. `state` keeps what should be and what was told; an event changes nothing else. `plan` is the
//! difference of the two, and the choice of what to say next. `words` puts alerts into plain text, `render` lays them
//! out within the limits of a medium.

mod decision;
mod engine;
mod event;
mod names;
pub mod plan;
pub mod policy;
mod preview;
pub mod render;
mod state;
mod time;
pub mod webhook;
mod words;

pub use decision::{Decision, What};
pub use engine::{Engine, TargetStatus};
pub use event::{Event, Outcome};
pub use names::{AlertKey, AttemptId, DeliveryId, GroupId, TargetName};
pub use plan::{About, Digest, Kind, Next, Send};
pub use policy::{Bounds, Matcher, MatcherError, Medium, Mentions, Policy, Route, Severity, Target, Way};
pub use preview::{Preview, preview};
pub use render::{Attachment, DiscordMessage, Draft, Embed, Field, Importance, Link, MailMessage, Rendered, Trouble};
pub use state::RestoreError;
pub use time::{Timestamp, Zone};
pub use webhook::{Alert, Labels, Limits, ParseError, Status, Webhook, parse};
