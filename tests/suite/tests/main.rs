//! Everything that holds between the parts of this workspace, in one binary.
//!
//! `house` and `contract` judge texts. The others drive real programs: `chain`, `guest` and `quorum` need root (namespaces, a
//! real postfix), as `scripts/setup.sh` says.

mod bad_input;
mod chain;
mod contract;
mod crash;
mod dashboards;
mod guest;
mod house;
mod journal_gone;
mod pi;
mod quorum;
mod secrets;
