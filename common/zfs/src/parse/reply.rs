//! What the kernel answered to POOL_STATS, with nothing interpreted: the two error numbers and the packed list.
//!
//! Also the two forms in which a reply travels: a recording on disk, and the child's answer over its pipe.

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
    #[error("an answer of {0} bytes is shorter than its numbers")]
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

impl Answer {
    /// For the pipe: the list, then errno and cookie (little endian), or the reason, then its kind; the kind of answer is
    /// the last byte. The large part comes first, so that it is never moved.
    #[must_use]
    pub fn packed(self) -> Vec<u8> {
        match self {
            Answer::Kernel(Reply { errno, cookie, mut packed }) => {
                packed.extend(errno.to_le_bytes());
                packed.extend(cookie.to_le_bytes());
                packed.push(KERNEL);
                packed
            }
            Answer::Unasked { kind, why } => [why.as_bytes(), &[kind, UNASKED]].concat(),
        }
    }

    /// From the pipe.
    ///
    /// # Errors
    /// [`BadForm`]; only a child of another version writes such a thing.
    pub fn unpacked(mut bytes: Vec<u8>) -> Result<Answer, BadForm> {
        let short = BadForm::Short(bytes.len());
        match bytes.pop() {
            None => Err(short),
            Some(KERNEL) => kernel(bytes).ok_or(short).map(Answer::Kernel),
            Some(UNASKED) => {
                let kind = bytes.pop().ok_or(short)?;
                Ok(Answer::Unasked { kind, why: String::from_utf8_lossy(&bytes).into_owned() })
            }
            Some(other) => Err(BadForm::Kind(other)),
        }
    }
}

fn kernel(mut bytes: Vec<u8>) -> Option<Reply> {
    let (rest, cookie) = bytes.split_last_chunk::<8>()?;
    let (rest, errno) = rest.split_last_chunk::<4>()?;
    let (errno, cookie, length) = (i32::from_le_bytes(*errno), u64::from_le_bytes(*cookie), rest.len());
    bytes.truncate(length);
    Some(Reply { errno, cookie, packed: bytes })
}
