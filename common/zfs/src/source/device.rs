//! The POOL_STATS call of `/dev/zfs`, and nothing else.
//!
//! Needs no privilege: the module's policy for this call is "read", and udev makes the device readable and writable by
//! all. The layout of `zfs_cmd_t` is that of OpenZFS `include/sys/zfs_ioctl.h`; the structures of 0.8.6, 2.0.7, 2.1.11,
//! 2.2.9, 2.3.8 and 2.4.4 were compiled and every offset below is the same in all of them, on x86_64 and aarch64.

#![expect(unsafe_code, reason = "a system call whose argument is a buffer has no safe form")]

use std::fs::File;
use std::os::fd::AsRawFd;

use nix::errno::Errno;

use crate::parse::reply::Reply;

/// `ZFS_IOC_POOL_STATS`: the sixth of the calls that begin at `0x5a00`; the number has no size or direction in it.
const POOL_STATS: nix::libc::c_ulong = 0x5a05;

/// Larger than any version's `zfs_cmd_t` (13,736 bytes in 0.8.6, 13,744 since 2.1). The kernel copies its own size.
const COMMAND_BYTES: usize = 16 * 1024;
/// What libzfs begins with; a pool of some thirty devices fits.
const FIRST_BUFFER: usize = 256 * 1024;
/// A pool that needs more is refused rather than believed.
const LAST_BUFFER: u64 = 16 * 1024 * 1024;
/// Bytes of a pool's name with its end.
const NAME_BYTES: usize = 256;

/// Offsets in `zfs_cmd_t`.
mod at {
    pub(super) const NAME: usize = 0;
    pub(super) const DESTINATION: usize = 4112;
    pub(super) const DESTINATION_SIZE: usize = 4120;
    pub(super) const DESTINATION_FILLED: usize = 4128;
    pub(super) const COOKIE: usize = 12616;
}

/// `zfs_cmd_t` and room behind it, aligned as its first 64-bit field wants it.
#[repr(C, align(8))]
struct Command([u8; COMMAND_BYTES]);

/// Asks once, and once more with a larger buffer if the first was too small. The list is written to the memory of `room`,
/// which is kept from call to call: fresh memory would cost as much as the call.
pub(super) fn pool_stats(device: &File, pool: &str, mut room: Vec<u8>) -> Reply {
    room.clear();
    room.reserve_exact(FIRST_BUFFER);
    match ask(device, pool, room) {
        (Reply { errno, mut packed, .. }, needed) if errno == Errno::ENOMEM as i32 && needed <= LAST_BUFFER => {
            // A disk may be added between the two calls.
            packed.reserve_exact(usize::try_from(needed).unwrap_or_default() + FIRST_BUFFER);
            ask(device, pool, packed).0
        }
        (reply, _) => reply,
    }
}

/// One call: the reply, and the size of the list, which the kernel tells even when it did not fit. `buffer` is empty.
fn ask(device: &File, pool: &str, mut buffer: Vec<u8>) -> (Reply, u64) {
    let mut command = Command([0; COMMAND_BYTES]);
    if pool.len() >= NAME_BYTES || pool.contains('\0') {
        return (Reply { errno: Errno::ENAMETOOLONG as i32, cookie: 0, packed: buffer }, 0);
    }
    put(&mut command, at::NAME, pool.as_bytes());
    put(&mut command, at::DESTINATION, &(buffer.as_mut_ptr() as u64).to_ne_bytes());
    put(&mut command, at::DESTINATION_SIZE, &(buffer.capacity() as u64).to_ne_bytes());
    // SAFETY: the kernel reads and writes `zfs_cmd_t`, which is smaller than `command`, and writes at most
    // DESTINATION_SIZE bytes to DESTINATION, which is `buffer` with exactly that capacity; both outlive the call.
    let result = unsafe { nix::libc::ioctl(device.as_raw_fd(), POOL_STATS as _, &raw mut command.0) };
    let errno = if result == -1 { Errno::last_raw() } else { 0 };
    let size = number(&command, at::DESTINATION_SIZE);
    // The flag alone does not say it: it is set for a list that did not fit as well.
    let filled = errno == 0 && command.0.get(at::DESTINATION_FILLED).is_some_and(|flag| *flag != 0);
    if let Some(written) = usize::try_from(size).ok().filter(|size| filled && *size <= buffer.capacity()) {
        // SAFETY: a call that succeeds and has filled DESTINATION has written all of the size that it gives back.
        unsafe { buffer.set_len(written) };
    }
    (Reply { errno, cookie: number(&command, at::COOKIE), packed: buffer }, size)
}

fn put(command: &mut Command, at: usize, bytes: &[u8]) {
    if let Some(place) = command.0.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

fn number(command: &Command, at: usize) -> u64 {
    command.0[at..].first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}
