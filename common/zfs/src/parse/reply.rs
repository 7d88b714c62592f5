//! What the kernel answered to POOL_STATS, with nothing interpreted: the two error numbers and the packed list.
//!
//! Also the two forms in which a reply travels: a recording on disk, and the child's answer over its pipe.

use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// A reply of the kernel. A pool that failed to open is answered with `errno` 0, the reason in `cookie`, and the list
/// (`zfs_ioc_pool_stats` in OpenZFS `module/zfs/zfs_ioctl.c`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Error number of the call itself, 0 if it succeeded.
    pub errno: i32,
    /// `zc_cookie` after the call: an error number of the pool, 0 if it is open.
    pub cookie: u64,
    /// The packed list as the kernel wrote it; empty if it wrote none.
    pub packed: Vec<u8>,
}

/// Bytes that are not in the form they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// A recording whose first line is not `errno=N cookie=N`.
    #[error("expected `errno=N cookie=N` in the first line, found `{0}`")]
    Head(String),
    /// An answer that is cut.
    #[error("an answer of {0} bytes is shorter than its head")]
    Short(usize),
    /// An answer of a kind that this version does not know.
    #[error("unknown kind of answer: {0}")]
    Kind(u8),
}

impl Reply {
    /// Reads a recording: one line `errno=N cookie=N`, then the packed list.
    ///
    /// # Errors
    /// [`BadForm::Head`].
    pub fn from_recording(bytes: &[u8]) -> Result<Reply, BadForm> {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (head, rest) = bytes.split_at(end);
        let head = String::from_utf8_lossy(head);
        let numbers = head_numbers(&head).ok_or_else(|| BadForm::Head(head.chars().take(60).collect()))?;
        Ok(Reply { errno: numbers.0, cookie: numbers.1, packed: rest.get(1..).unwrap_or_default().to_vec() })
    }
}

fn head_numbers(head: &str) -> Option<(i32, u64)> {
    let (errno, cookie) = head.trim_end().split_once(' ')?;
    Some((errno.strip_prefix("errno=")?.parse().ok()?, cookie.strip_prefix("cookie=")?.parse().ok()?))
}

/// The child's answer: what the kernel said, or why it could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The kernel answered.
    Kernel(Reply),
    /// The device could not be opened: a word of `FailureKind`, and the reason in words.
    Unasked {
        /// Place of the kind in `FailureKind::ALL`.
        kind: u8,
        /// The reason.
        why: String,
    },
}

const KERNEL: u8 = 0;
const UNASKED: u8 = 1;
/// Kind, errno and cookie.
const KERNEL_HEAD: usize = 1 + 4 + 8;

impl Answer {
    /// For the pipe: a byte for the kind; then errno and cookie (little endian) and the list, or a byte and a text.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        match self {
            Answer::Kernel(reply) => {
                let mut out = Vec::with_capacity(KERNEL_HEAD + reply.packed.len());
                out.push(KERNEL);
                out.extend(reply.errno.to_le_bytes());
                out.extend(reply.cookie.to_le_bytes());
                out.extend(&reply.packed);
                out
            }
            Answer::Unasked { kind, why } => [&[UNASKED, *kind], why.as_bytes()].concat(),
        }
    }

    /// From the pipe.
    ///
    /// # Errors
    /// [`BadForm`]; only a child of another version writes such a thing.
    pub fn unpacked(bytes: &[u8]) -> Result<Answer, BadForm> {
        match bytes.split_first() {
            None => Err(BadForm::Short(0)),
            Some((&KERNEL, rest)) => kernel(rest).ok_or(BadForm::Short(bytes.len())).map(Answer::Kernel),
            Some((&UNASKED, rest)) => {
                let (kind, why) = rest.split_first().ok_or(BadForm::Short(bytes.len()))?;
                let why = String::from_utf8_lossy(why);
                Ok(Answer::Unasked { kind: *kind, why: Cow::into_owned(why) })
            }
            Some((&other, _)) => Err(BadForm::Kind(other)),
        }
    }
}

fn kernel(bytes: &[u8]) -> Option<Reply> {
    let (errno, rest) = bytes.split_first_chunk::<4>()?;
    let (cookie, packed) = rest.split_first_chunk::<8>()?;
    Some(Reply { errno: i32::from_le_bytes(*errno), cookie: u64::from_le_bytes(*cookie), packed: packed.to_vec() })
}
