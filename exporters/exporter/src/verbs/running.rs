//! The words of a service that already runs here. It has been looking for longer, and a second look would only find that
//! the first one is looking.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::serve::COMBINED_PORT;
use crate::cli::Options;
use crate::registry::ROLES;

/// It is on this machine.
const DEADLINE: Duration = Duration::from_secs(6);
/// An explanation is a screen of text.
const LIMIT: u64 = 1024 * 1024;

/// What a service answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Where it is.
    pub(super) address: SocketAddr,
    /// The status of its answer.
    pub(super) status: u16,
    /// Its answer.
    pub(super) body: String,
}

/// Where services are asked: at the addresses of the flags, else where they usually run.
pub(super) fn addresses(options: &Options) -> Vec<String> {
    if !options.listen.is_empty() {
        return options.listen.clone();
    }
    ROLES.iter().map(|kind| kind.port).chain([COMBINED_PORT]).map(|port| format!(":{port}")).collect()
}

/// What the service at `address` (`:PORT` is this machine) answers at `path`; nothing if none answers.
pub(super) fn ask(address: &str, path: &str) -> Option<Told> {
    let address = resolve(address)?;
    let answer = exchange(address, path).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ").or_else(|| head.strip_prefix("HTTP/1.0 "))?;
    let status = status.get(..3)?.parse().ok()?;
    Some(Told { address, status, body: body.to_owned() })
}

fn resolve(address: &str) -> Option<SocketAddr> {
    let full = if address.starts_with(':') { format!("127.0.0.1{address}") } else { address.to_owned() };
    full.to_socket_addrs().ok()?.next()
}

/// HTTP/1.0, so that the answer ends where the connection does.
fn exchange(address: SocketAddr, path: &str) -> io::Result<String> {
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
    fn an_answer_has_a_status_and_a_body() {
        let told = |answer| ask(&service(answer), "/").map(|told| (told.status, told.body));
        assert_eq!(told("HTTP/1.0 200 OK\r\nX: y\r\n\r\nall is well\n"), Some((200, "all is well\n".to_owned())));
        assert_eq!(told("HTTP/1.1 404 Not Found\r\n\r\nno\n"), Some((404, "no\n".to_owned())));
        for foreign in ["SSH-2.0\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/2 200\r\n\r\n"] {
            assert_eq!(told(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn nobody_there_is_no_answer() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(ask(&free.to_string(), "/"), None);
        assert_eq!(ask("no address", "/"), None);
    }
}
