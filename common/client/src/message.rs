//! A request and its answer.

use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};

use crate::error::Error;
use crate::peer::Peer;

/// What is to be sent. `Debug` shows the method and the host.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// A request without headers and body.
    ///
    /// # Errors
    /// `unusable`: the address is not absolute, neither `https` nor `http`, or holds a user name.
    pub fn new(method: Method, address: &str) -> Result<Request, Error> {
        // The parser's own words are not repeated, here and below: they may quote a secret.
        let uri: Uri = address.parse().map_err(|_| Error::unusable("the address cannot be read"))?;
        Peer::of(&uri)?;
        Ok(Request { method, uri, headers: HeaderMap::new(), body: Bytes::new() })
    }

    /// Adds a header.
    ///
    /// # Errors
    /// `unusable`: not a header's name or value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Request, Error> {
        let name = name.parse::<HeaderName>().map_err(|_| Error::unusable("this is no header name"))?;
        let mut value = value.parse::<HeaderValue>().map_err(|_| Error::unusable("this is no header value"))?;
        value.set_sensitive(true);
        self.headers.append(name, value);
        Ok(self)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Request {
        self.body = body.into();
        self
    }

    /// As it goes over the wire: path and query alone in the first line, the host in its header.
    pub(crate) fn into_wire(self, peer: &Peer, user_agent: &HeaderValue) -> Result<hyper::Request<Full<Bytes>>, Error> {
        let mut wire = hyper::Request::new(Full::new(self.body));
        *wire.method_mut() = self.method;
        let path = self.uri.path_and_query().cloned();
        *wire.uri_mut() = path.map_or_else(|| Uri::from_static("/"), Uri::from);
        *wire.headers_mut() = self.headers;
        let host = HeaderValue::try_from(peer.to_string()).map_err(|_| Error::unusable("this is no host name"))?;
        wire.headers_mut().insert(header::HOST, host);
        wire.headers_mut().entry(header::USER_AGENT).or_insert_with(|| user_agent.clone());
        Ok(wire)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.uri.host().unwrap_or_default();
        out.debug_struct("Request").field("method", &self.method).field("host", &host).finish_non_exhaustive()
    }
}

/// An answer, whole. `Debug` shows the status and the length.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, within [`crate::Settings::body_limit`].
    pub body: Bytes,
}

impl Response {
    /// A header as text, if it is there and is ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.len();
        out.debug_struct("Response").field("status", &self.status).field("bytes", &bytes).finish_non_exhaustive()
    }
}
