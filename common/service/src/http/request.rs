//! What a handler is asked.

use std::net::SocketAddr;

use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, Uri};

/// A request before its body is read: what a guard may judge by.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// Path and query as they were sent.
    pub uri: Uri,
    /// The headers. Hostile input, and they may hold secrets: never log them.
    pub headers: HeaderMap,
    /// Who asks.
    pub peer: SocketAddr,
}

impl Head {
    /// The path, not percent-decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The value of a query parameter, not percent-decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.uri.query().unwrap_or_default().split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The value of a query parameter, percent-decoded; nothing if it is not there, or is no UTF-8 then.
    #[must_use]
    pub fn query_decoded(&self, name: &str) -> Option<String> {
        decoded(self.query(name)?)
    }

    /// A header as text, if it is there and is ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A whole request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Everything but the body.
    pub head: Head,
    /// The body, within the route's limit; empty for GET.
    pub body: Bytes,
}

/// Undoes percent-encoding, and `+` for a space; a `%` that begins no two hexadecimal digits stays as it is.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(|pair| hexadecimal(*pair));
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

fn hexadecimal([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_encoded_is_undone() {
        for (text, plain) in [
            ("pi-2", "pi-2"),
            ("10.0.0.2%3A19001", "10.0.0.2:19001"),
            ("a+b%20c", "a b c"),
            ("%", "%"),
            ("%zz%4", "%zz%4"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(plain));
        }
        assert_eq!(decoded("%ff"), None);
    }
}
