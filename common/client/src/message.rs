//! A request and its answer.

use std::fmt;

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};

use crate::error::{Error, ErrorKind, Stage};

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
    /// `unusable`: the address is not absolute, or neither `https` nor `http`.
    pub fn new(method: Method, address: &str) -> Result<Request, Error> {
        let uri: Uri = address.parse().map_err(|_| unusable("the address cannot be read"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if uri.host().is_none() || !(scheme == "https" || scheme == "http") {
            return Err(unusable("the address must begin with https:// and name a host"));
        }
        Ok(Request { method, uri, headers: HeaderMap::new(), body: Bytes::new() })
    }

    /// Adds a header.
    ///
    /// # Errors
    /// `unusable`: not a header's name or value (its text is not repeated, it may be a secret).
    pub fn header(mut self, name: &str, value: &str) -> Result<Request, Error> {
        let name = name.parse::<HeaderName>().map_err(|_| unusable("not a header name"))?;
        let value = value.parse::<HeaderValue>().map_err(|_| unusable("not a header value"))?;
        self.headers.append(name, value);
        Ok(self)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Request {
        self.body = body.into();
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.uri.host().unwrap_or_default();
        out.debug_struct("Request").field("method", &self.method).field("host", &host).finish_non_exhaustive()
    }
}

fn unusable(why: &str) -> Error {
    let (kind, stage) = (ErrorKind::Unusable, Stage::Resolve);
    Error { kind, stage, host: String::new(), status: None, detail: why.to_owned() }
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

impl fmt::Debug for Response {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.len();
        out.debug_struct("Response").field("status", &self.status).field("bytes", &bytes).finish_non_exhaustive()
    }
}
