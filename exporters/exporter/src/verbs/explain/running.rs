//! The words of the service that already runs here. It has been looking for longer, and a second look at the device
//! would only find that the first one is looking.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// It is on this machine.
const DEADLINE: Duration = Duration::from_secs(6);
/// An explanation is a screen of text.
const LIMIT: u64 = 1024 * 1024;

/// What the service at `address` (`:PORT` is this machine) says about a role; nothing if none answers.
pub(super) fn words(address: &str, role: &str) -> Option<String> {
    let address = resolve(address)?;
    let answer = ask(address, &format!("/explain/{role}")).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let ours = head.starts_with("HTTP/1.1 200 ") || head.starts_with("HTTP/1.0 200 ");
    ours.then(|| format!("(from the service at {address})\n\n{body}"))
}

fn resolve(address: &str) -> Option<SocketAddr> {
    let full = if address.starts_with(':') { format!("127.0.0.1{address}") } else { address.to_owned() };
    full.to_socket_addrs().ok()?.next()
}

/// HTTP/1.0, so that the answer ends where the connection does.
fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, DEADLINE)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.take(LIMIT).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A service that gives one answer.
    fn service(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn only_a_good_answer_is_taken() {
        let good = service("HTTP/1.0 200 OK\r\nX: y\r\n\r\nall is well\n");
        assert!(words(&good, "zfs").is_some_and(|text| text.ends_with("\n\nall is well\n")));
        assert_eq!(words(&service("HTTP/1.0 404 Not Found\r\n\r\nno\n"), "zfs"), None);
        assert_eq!(words(&service("SSH-2.0\r\n"), "zfs"), None);
    }

    #[test]
    fn nobody_there_is_no_words() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(words(&free.to_string(), "zfs"), None);
        assert_eq!(words("no address", "zfs"), None);
    }
}
