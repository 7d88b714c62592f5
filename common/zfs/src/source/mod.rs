//! Fetching the bytes: files below an injected root, and the kernel through a child.
//!
//! - [`machine`]: kernel files that answer without taking a lock. They may be read on every scrape.
//! - [`kernel`]: the kernel's full report on a pool. The call can hang for as long as a device hangs, so only a child
//!   process makes it ([`kernel::serve`] is its life) and the program asks over a pipe with a deadline.
//! - [`device`]: the one call itself, and the only `unsafe` of the project beside the Pi's.
//!
//! # The call that is not here
//!
//! Of the calls of `/dev/zfs` only POOL_STATS exists in this crate. POOL_GET_PROPS, which knows a few more numbers, is
//! absent on purpose, its request number included: asked of a pool that failed to open when the machine started, it
//! makes the kernel dereference a null pointer while it holds the lock of all pools, and from then on every `zpool` and
//! `zfs` command hangs until a reboot (measured on 2.3.9; plain `zpool list` does it). A call that is not in the code
//! cannot be made by mistake.

mod device;
pub mod kernel;
pub mod machine;
mod recorded;
