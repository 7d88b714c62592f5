//! snapd's word on the snap: the channel it follows stands in no file that anybody but root may read.
//!
//! One question over its socket, which any user may put (the socket is open to all, and this answer too).

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use gjallarhorn_service::{Failure, FailureKind, Timestamp};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr};

use crate::parse::snapd::{self, Refusal};

/// Where snapd listens, below the root.
const SOCKET: &str = "run/snapd.socket";
/// HTTP/1.0, so that the answer ends where the connection does.
const QUESTION: &[u8] = b"GET /v2/snaps/microk8s HTTP/1.0\r\nHost: snapd\r\n\r\n";
/// The answer is a few KiB, most of it names of programs.
const LIMIT: usize = 512 * 1024;

/// The channel that MicroK8s' snap follows, within `deadline`; empty if it follows none. Blocks.
///
/// # Errors
/// `absent` without snapd, or without that snap; `denied`, `refused` as snapd or the system says; `timeout`; `oversized`;
/// `malformed` if the answer is none.
pub fn channel(root: &Path, deadline: Duration) -> Result<String, Failure> {
    let socket = root.join(SOCKET);
    let answer = exchange(&socket, deadline)?;
    snapd::channel(&answer).map_err(|refusal| {
        let kind = match refusal {
            Refusal::Status(404) => FailureKind::Absent,
            Refusal::Status(401 | 403) => FailureKind::Denied,
            Refusal::Status(_) => FailureKind::Refused,
            Refusal::Malformed(_) => FailureKind::Malformed,
        };
        Failure::new(kind, "ask for the snap microk8s", socket.display().to_string()).because(refusal)
    })
}

/// The whole answer; what comes in drops is cut off at the deadline too.
fn exchange(socket: &Path, deadline: Duration) -> Result<Vec<u8>, Failure> {
    let begun = Timestamp::now();
    let failed = |error: io::Error| match error.kind() {
        // That is how a socket says that a time limit has passed.
        io::ErrorKind::WouldBlock => Failure::new(FailureKind::Timeout, "ask", socket.display().to_string()),
        _ => Failure::io("ask", socket, error),
    };
    let mut stream = connect(socket).map_err(failed)?;
    stream.set_write_timeout(Some(deadline)).and_then(|()| stream.write_all(QUESTION)).map_err(failed)?;
    let (mut answer, mut piece) = (Vec::new(), [0; 8192]);
    loop {
        // A limit of nothing would be none at all.
        let left = deadline.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
        let length = stream.set_read_timeout(Some(left)).and_then(|()| stream.read(&mut piece)).map_err(failed)?;
        answer.extend_from_slice(piece.get(..length).unwrap_or(&piece));
        if answer.len() > LIMIT {
            let why = format!("more than {LIMIT} bytes");
            return Err(Failure::new(FailureKind::Oversized, "ask", socket.display().to_string()).because(why));
        }
        if length == 0 {
            return Ok(answer);
        }
        if begun.elapsed() >= deadline {
            return Err(failed(io::ErrorKind::WouldBlock.into()));
        }
    }
}

/// Without waiting in the line of a snapd that takes no one on.
fn connect(socket: &Path) -> io::Result<UnixStream> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let opened = nix::sys::socket::socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    nix::sys::socket::connect(opened.as_raw_fd(), &UnixAddr::new(socket)?)?;
    let stream = UnixStream::from(opened);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
