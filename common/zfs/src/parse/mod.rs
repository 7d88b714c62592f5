//! Bytes of the kernel in, a model out. Pure: no file, clock, socket or environment is known below this line.
//!
//! Nothing here panics on any input, and nothing here invents a number: what cannot be read is an absent value or an
//! entry in a list of errors beside what could be read. From the bytes up: [`nvlist`] (the packed list) and [`layout`]
//! (the arrays in it), [`config`] (the list's meaning) and [`model`] (what a pool is), [`redundancy`] and
//! [`conditions`] (what follows from it). [`kstat`] reads the kernel files that need no list.

pub mod conditions;
pub mod config;
pub mod kstat;
pub mod layout;
pub mod model;
pub mod nvlist;
pub mod redundancy;
pub mod reply;
mod truth;
mod vocabulary;
mod words;
