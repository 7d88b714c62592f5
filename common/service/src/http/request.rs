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
