//! What the bytes mean: pure functions from bytes to values. They know no file, no device and no clock.

pub mod throttle;
