//! One plain HTTP/1.1 exchange with a program on loopback, on a connection of its own.
//!
//! Deliberately not our own client: a fault there must not hide a fault in what is tested.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

const DEADLINE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body with any chunking removed.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of one header, named in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// GET.
///
/// # Errors
/// When nothing answers at `url` or the answer is no HTTP.
pub fn get(url: &str) -> Result<Reply> {
    send("GET", url, &[], b"")
}

/// POST of a JSON body with further headers.
///
/// # Errors
/// When nothing answers at `url` or the answer is no HTTP.
pub fn post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    let mut all = vec![("Content-Type", "application/json")];
    all.extend_from_slice(headers);
    send("POST", url, &all, body)
}

/// Any method, exactly these headers besides `Host`, `Connection` and `Content-Length`.
///
/// # Errors
/// When nothing answers at `url` or the answer is no HTTP.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    let (host, path) = split(url)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method != "GET" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let mut stream = connect(host)?;
    stream.write_all(format!("{head}\r\n").as_bytes()).context("send the head")?;
    // A server may refuse and answer before it has read the whole body; its answer is what counts.
    let sent = stream.write_all(body);
    receive(&mut stream).or_else(|error| sent.context("send the body").and(Err(error)))
}

/// Opens a connection with deadlines on reads and writes, for tests that speak broken HTTP.
///
/// # Errors
/// When nobody listens at `host` (an address with a port).
pub fn connect(host: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(host).with_context(|| format!("connect to {host}"))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    Ok(stream)
}

/// Reads one reply to the end of the connection.
///
/// # Errors
/// When the connection breaks before a whole head came, or the answer is no HTTP.
pub fn receive(stream: &mut TcpStream) -> Result<Reply> {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    parse(&bytes).or_else(|error| read.context("read the reply").and(Err(error)))
}

fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").with_context(|| format!("not a plain http address: {url}"))?;
    Ok(match rest.find('/') {
        Some(slash) => (&rest[..slash], &rest[slash..]),
        None => (rest, "/"),
    })
}

fn parse(bytes: &[u8]) -> Result<Reply> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("no whole head came back")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status =
        first.split(' ').nth(1).and_then(|code| code.parse().ok()).with_context(|| format!("no status: {first}"))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked =
        headers.iter().any(|(name, value)| name == "transfer-encoding" && value.eq_ignore_ascii_case("chunked"));
    let body = &bytes[end + 4..];
    let body = if chunked { unchunk(body)? } else { body.to_vec() };
    Ok(Reply { status, headers, body })
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n").context("chunk without a size")?;
        let digits = String::from_utf8_lossy(&rest[..line]);
        let size = usize::from_str_radix(digits.split(';').next().unwrap_or_default().trim(), 16)
            .context("size of a chunk")?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Ok(body);
        }
        if rest.len() < size + 2 {
            bail!("chunk cut off");
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        let reply = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
            .unwrap();
        assert_eq!(reply.body, b"abcde");
    }

    #[test]
    fn a_cut_reply_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\nContent-Le").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab").is_err());
    }

    #[test]
    fn headers_are_found_in_lower_case() {
        let reply = parse(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\n\r\n").unwrap();
        assert_eq!((reply.status, reply.header("retry-after")), (429, Some("3")));
    }
}
