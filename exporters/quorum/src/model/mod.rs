//! What the cluster is worth right now: pure, from what was heard and read to a verdict.
//!
//! - [`input`]: everything that is known at one moment. Old knowledge is left out by whoever fills it in.
//! - [`view`]: whose table of members is believed, and who leads.
//! - [`standing`]: whether a voter counts, and what stands against it.
//! - [`ties`]: whether the voters reach each other.
//! - [`verdict`]: the numbers, the reason, what may be stopped. Start at [`judge`].
//! - [`history`]: what only time shows: elections, time without a leader, a log that stands still.
//!
//! Nothing is guessed. A voter counts for a *yes* only if it is proven able to write, and counts for a *no* only if it is
//! known not to be; between the two the answer is "cannot tell". So a view that is missing can never make a stop look safer.

pub mod domains;
pub mod history;
pub mod input;
pub mod names;
pub mod reason;
pub mod standing;
pub mod stop;
pub mod ties;
pub mod verdict;
pub mod view;

pub use input::{Answer, Disk, Input, Member, Own, Peer, Sight};
pub use standing::{Doubt, Fault, Standing};
pub use stop::{Advice, Say};
pub use verdict::{Verdict, judge};
pub use view::View;

#[cfg(test)]
mod tests;
