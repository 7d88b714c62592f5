//! The wire between the kernel and a character device in user space, as far as one ioctl needs it.
//!
//! Source of the format: `linux/fuse.h` (protocol 7.31). Bytes in, values out; no file is touched here.

/// Bytes of a request's header.
const REQUEST: usize = 40;
/// Bytes of a reply's header.
const REPLY: usize = 16;
/// The protocol this speaks; the kernel makes do with an older one than its own.
const MAJOR: u32 = 7;
const MINOR: u32 = 31;
/// The program reads and writes the caller's memory wherever it says (`CUSE_UNRESTRICTED_IOCTL`).
const UNRESTRICTED: u32 = 1;
/// The most that one read or write may carry.
const MOST: u32 = 65536;
/// "Come again with this memory" (`FUSE_IOCTL_RETRY`).
const RETRY: u32 = 4;
/// `ENOSYS`.
const NOT_KNOWN: i32 = 38;

/// Room for the largest request.
pub(crate) const ROOM: usize = MOST as usize + 4096;

/// What the kernel wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Names the request in its reply.
    pub(crate) id: u64,
    pub(crate) call: Call,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The first request of all: what is the device called?
    Init,
    Open,
    /// Flush or release.
    Close,
    /// A caller got a signal. It is not answered, and the call it names goes on: the real mailbox cannot be interrupted.
    Interrupt,
    Ioctl(Ioctl),
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ioctl {
    pub(crate) command: u32,
    /// The caller's pointer.
    pub(crate) argument: u64,
    /// What the kernel fetched from there, as asked for by the reply before.
    pub(crate) input: Vec<u8>,
}

/// A word of the host's order: the kernel is on the same machine.
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_ne_bytes)
}

impl Request {
    /// Reads one request; nothing if it is cut off.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let id = long(bytes, 8)?;
        let body = bytes.get(REQUEST..)?;
        let call = match word(bytes, 4)? {
            4096 => Call::Init,
            14 => Call::Open,
            18 | 25 => Call::Close,
            36 => Call::Interrupt,
            39 => Call::Ioctl(Ioctl::parse(body)?),
            _ => Call::Other,
        };
        Some(Self { id, call })
    }
}

impl Ioctl {
    fn parse(body: &[u8]) -> Option<Self> {
        let size = word(body, 24)? as usize;
        let input = body.get(32..32 + size)?.to_vec();
        Some(Self { command: word(body, 12)?, argument: long(body, 16)?, input })
    }
}

/// A reply to the request `id`; what the body is depends on the request.
fn reply(id: u64, error: i32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(REPLY + body.len()).unwrap_or(u32::MAX);
    let mut out = length.to_ne_bytes().to_vec();
    out.extend(error.to_ne_bytes());
    out.extend(id.to_ne_bytes());
    out.extend(body);
    out
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// The device's name, to [`Call::Init`].
pub(crate) fn named(id: u64, name: &str) -> Vec<u8> {
    let mut body = words(&[MAJOR, MINOR, 0, UNRESTRICTED, MOST, MOST, 0, 0]);
    body.extend([0; 40]);
    body.extend(format!("DEVNAME={name}\0").bytes());
    reply(id, 0, &body)
}

/// An open file, to [`Call::Open`].
pub(crate) fn opened(id: u64) -> Vec<u8> {
    reply(id, 0, &[0; 16])
}

/// Done, without a word.
pub(crate) fn done(id: u64) -> Vec<u8> {
    reply(id, 0, &[])
}

/// The call fails with `errno`.
pub(crate) fn failed(id: u64, errno: i32) -> Vec<u8> {
    reply(id, -errno, &[])
}

/// The call is not one of ours.
pub(crate) fn unknown(id: u64) -> Vec<u8> {
    failed(id, NOT_KNOWN)
}

/// Asks the kernel to call again with `read` bytes of the caller's memory, and to write `write` bytes back in the end.
pub(crate) fn again(id: u64, argument: u64, read: u32, write: u32) -> Vec<u8> {
    let parts = u32::from(write > 0);
    let mut body = words(&[0, RETRY, 1, parts]);
    for length in [read, write].into_iter().filter(|length| *length > 0) {
        body.extend(argument.to_ne_bytes());
        body.extend(u64::from(length).to_ne_bytes());
    }
    reply(id, 0, &body)
}

/// The bytes that the caller's memory is overwritten with.
pub(crate) fn written(id: u64, bytes: &[u8]) -> Vec<u8> {
    let mut body = words(&[0, 0, 0, 0]);
    body.extend(bytes);
    reply(id, 0, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request as the kernel lays it out.
    fn request(operation: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = words(&[u32::try_from(REQUEST + body.len()).unwrap(), operation]);
        bytes.extend(77u64.to_ne_bytes());
        bytes.extend([0; 24]);
        bytes.extend(body);
        bytes
    }

    fn ioctl(input: &[u8]) -> Vec<u8> {
        let mut body = words(&[0, 0, 0, 0xc008_6400]);
        body.extend(0x7fff_0000_1234_u64.to_ne_bytes());
        body.extend(words(&[u32::try_from(input.len()).unwrap(), 0]));
        body.extend(input);
        request(39, &body)
    }

    #[test]
    fn an_ioctl_is_read_with_its_memory() {
        let expected = Ioctl { command: 0xc008_6400, argument: 0x7fff_0000_1234, input: vec![1, 2, 3, 4] };
        let read = Request::parse(&ioctl(&[1, 2, 3, 4])).unwrap();
        assert_eq!(read, Request { id: 77, call: Call::Ioctl(expected) });
    }

    #[test]
    fn a_cut_request_is_none() {
        let whole = ioctl(&[1, 2, 3, 4]);
        assert!((0..whole.len()).all(|length| Request::parse(&whole[..length]).is_none()));
    }

    #[test]
    fn a_second_call_is_asked_for_with_both_lengths() {
        let out = again(77, 0x10, 28, 28);
        assert_eq!(
            (word(&out, 0), word(&out, 20), word(&out, 24), word(&out, 28)),
            (Some(64), Some(RETRY), Some(1), Some(1))
        );
        assert_eq!((long(&out, 32), long(&out, 40), long(&out, 56)), (Some(0x10), Some(28), Some(28)));
        assert_eq!(word(&again(77, 0x10, 4, 0), 28), Some(0), "nothing is written before the size is known");
    }

    #[test]
    fn an_error_has_the_kernels_sign() {
        assert_eq!(failed(77, 110)[4..8], (-110i32).to_ne_bytes());
    }
}
