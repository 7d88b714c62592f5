//! Real peers started for tests, and fakes that misbehave like the real thing.
//!
//! Dev-only: nothing that ships depends on this crate. It knows how to start programs and how other people's protocols
//! behave; what a test expects of Gjallarhorn stands in the suite, not here.
//!
//! - [`process`], [`wait`], [`http`], [`place`]: a child program with its log, a bounded wait for a state, a plain request,
//!   free ports and folders.
//! - [`discord`]: a peer that answers like Discord's webhook API, validates like it, and misbehaves on demand.
//! - [`smtp`]: a real postfix, and a scripted peer for the faults a real one cannot be asked for.
//! - [`chain`]: the whole way of an alert, started from real programs.
//! - [`guest`]: the real OpenZFS in its virtual machine.
//! - [`pi`]: an emulated Raspberry Pi with a played firmware.
//! - [`dqlite`]: real dqlite clusters, a network namespace for each node.

pub mod chain;
pub mod dice;
pub mod discord;
pub mod dqlite;
pub mod guest;
pub mod http;
pub mod pi;
pub mod place;
pub mod process;
pub mod smtp;
pub mod wait;
