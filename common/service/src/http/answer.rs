//! What a handler answers.

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};

/// A whole answer, held in memory. The server adds length, date, and the headers that keep browsers careful.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code, 200 to 599.
    pub status: u16,
    /// Content type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Plain text.
    #[must_use]
    pub fn text(status: u16, body: impl Into<Bytes>) -> Answer {
        Answer::of(status, "text/plain; charset=utf-8", body)
    }

    /// A page.
    #[must_use]
    pub fn html(status: u16, body: impl Into<Bytes>) -> Answer {
        Answer::of(status, "text/html; charset=utf-8", body)
    }

    /// JSON that is already written.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Bytes>) -> Answer {
        Answer::of(status, "application/json", body)
    }

    /// Any content.
    #[must_use]
    pub fn of(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
        Answer { status, content_type, headers: Vec::new(), body: body.into() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Answer {
        self.headers.push((name, value));
        self
    }
}
