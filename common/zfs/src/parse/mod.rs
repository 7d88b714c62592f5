//! Bytes of the kernel in, a model out. Pure: no file, clock, socket or environment is known below this line.
//!
//! Nothing here panics on any input, and nothing here invents a number: what cannot be read is an absent value or an
//! entry in a list of errors beside what could be read.

pub mod model;
mod words;
