//! The property call of `/dev/vcio` and `/dev/vcio_gencmd`, and nothing else.
//!
//! The request is `_IOWR(100, 0, char *)` (the kernel's `drivers/char/broadcom/vcio.c`); its size is that of a pointer, so a
//! 32-bit process has another number, which the driver knows too. A device opened for reading only is enough.

#![expect(unsafe_code, reason = "a system call whose argument is a buffer has no safe form")]

use std::fs::File;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc::{c_char, ioctl};

/// Asks; the answer stands in the message then.
///
/// # Errors
/// The system's error number.
pub(super) fn exchange(device: &File, message: &mut [u8]) -> Result<(), i32> {
    let request = nix::request_code_readwrite!(100, 0, size_of::<*mut c_char>());
    let told = message.first_chunk().map(|word| u32::from_le_bytes(*word));
    if told.and_then(|length| usize::try_from(length).ok()) != Some(message.len()) {
        return Err(Errno::EINVAL as i32);
    }
    // SAFETY: the driver copies as many bytes as the first word tells from and back to the buffer, which is exactly that
    // long (looked at just above) and outlives the call.
    let result = unsafe { ioctl(device.as_raw_fd(), request as _, message.as_mut_ptr()) };
    if result == -1 { Err(Errno::last_raw()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::message;
    use crate::parse::question::ALL;

    #[test]
    fn a_device_that_is_none_says_so() {
        #[expect(clippy::disallowed_methods, reason = "any device that is there on every machine")]
        let device = File::open("/dev/null").unwrap();
        let mut message = message::request(ALL[0]);
        assert_eq!(exchange(&device, &mut message), Err(Errno::ENOTTY as i32));
        assert_eq!(exchange(&device, &mut [0; 8]), Err(Errno::EINVAL as i32), "a length that is not the buffer's");
    }
}
