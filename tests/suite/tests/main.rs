//! Everything that holds between the parts of this workspace, in one binary.

mod contract;
mod house;
