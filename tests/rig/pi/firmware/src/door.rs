//! One of the two devices: takes calls from the kernel and hands those for the firmware to the mailbox.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use crate::cuse::{self, Call, Ioctl, Request};
use crate::message::INVALID;
use crate::state::State;

/// `_IOWR('d', 0, char *)` of a 64-bit program, and of a 32-bit one.
const PROPERTY: [u32; 2] = [0xc008_6400, 0xc004_6400];
/// Sizes of a message that can be one: head, no tag, closing zero; and far more than the longest answer.
const SIZES: std::ops::RangeInclusive<u32> = 12..=8192;

/// Which of the devices it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `/dev/vcio`: every tag.
    Property,
    /// `/dev/vcio_gencmd` of kernels since May 2026: text commands and nothing else.
    Text,
}

impl Kind {
    /// The node's name below `/dev`, and in the log of what was asked.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Property => "vcio",
            Self::Text => "vcio_gencmd",
        }
    }
}

/// A device node with the kernel behind it.
pub(crate) struct Door {
    kind: Kind,
    kernel: Arc<File>,
}

/// A whole message that waits for its answer.
pub(crate) struct Asked {
    id: u64,
    kind: Kind,
    kernel: Arc<File>,
    message: Vec<u8>,
}

impl Door {
    pub(crate) fn open(kind: Kind) -> io::Result<Self> {
        let kernel = File::options().read(true).write(true).open("/dev/cuse")?;
        Ok(Self { kind, kernel: Arc::new(kernel) })
    }

    /// Takes calls until the device or the mailbox is gone.
    pub(crate) fn take_calls(&self, mailbox: &SyncSender<Asked>) {
        let mut room = vec![0; cuse::ROOM];
        while let Ok(length) = self.kernel.as_ref().read(&mut room) {
            let Some(request) = room.get(..length).and_then(Request::parse) else { continue };
            if self.take(request, mailbox).is_err() {
                return;
            }
        }
    }

    fn take(&self, request: Request, mailbox: &SyncSender<Asked>) -> io::Result<()> {
        let id = request.id;
        let reply = match request.call {
            Call::Init => cuse::named(id, self.kind.name()),
            Call::Open => cuse::opened(id),
            Call::Close => cuse::done(id),
            Call::Interrupt => return Ok(()),
            Call::Other => cuse::unknown(id),
            Call::Ioctl(ioctl) => match early(id, &ioctl) {
                Some(reply) => reply,
                None => return self.pass(id, ioctl.input, mailbox),
            },
        };
        self.kernel.as_ref().write_all(&reply)
    }

    fn pass(&self, id: u64, message: Vec<u8>, mailbox: &SyncSender<Asked>) -> io::Result<()> {
        let asked = Asked { id, kind: self.kind, kernel: Arc::clone(&self.kernel), message };
        mailbox.send(asked).map_err(io::Error::other)
    }
}

/// The reply to an ioctl that does not carry a whole message yet: first its size is fetched, then all of it.
fn early(id: u64, ioctl: &Ioctl) -> Option<Vec<u8>> {
    if !PROPERTY.contains(&ioctl.command) {
        return Some(cuse::failed(id, INVALID));
    }
    match (ioctl.input.len(), cuse::word(&ioctl.input, 0)) {
        (0, _) => Some(cuse::again(id, ioctl.argument, 4, 0)),
        (4, Some(size)) if SIZES.contains(&size) => Some(cuse::again(id, ioctl.argument, size, size)),
        (4, _) => Some(cuse::failed(id, INVALID)),
        _ => None,
    }
}

impl Asked {
    /// Answers from the state; may take as long as the state says.
    pub(crate) fn answer(mut self, state: &State) -> io::Result<()> {
        let reply = match state.answer(self.kind, &mut self.message) {
            Ok(()) => cuse::written(self.id, &self.message),
            Err(errno) => cuse::failed(self.id, errno),
        };
        match self.kernel.as_ref().write_all(&reply) {
            // The caller is gone: nobody waits for this any more.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ioctl(command: u32, input: &[u8]) -> Ioctl {
        Ioctl { command, argument: 0x10, input: input.to_vec() }
    }

    #[test]
    fn the_size_is_fetched_first_and_then_the_message() {
        assert_eq!(early(1, &ioctl(PROPERTY[0], &[])), Some(cuse::again(1, 0x10, 4, 0)));
        assert_eq!(early(1, &ioctl(PROPERTY[0], &28u32.to_ne_bytes())), Some(cuse::again(1, 0x10, 28, 28)));
        assert_eq!(early(1, &ioctl(PROPERTY[1], &[0; 28])), None);
    }

    #[test]
    fn another_ioctl_and_a_size_that_cannot_be_are_invalid() {
        assert_eq!(early(1, &ioctl(0xc008_6401, &[])), Some(cuse::failed(1, INVALID)));
        assert_eq!(early(1, &ioctl(PROPERTY[0], &u32::MAX.to_ne_bytes())), Some(cuse::failed(1, INVALID)));
    }
}
