//! What can go wrong, and what may be concluded from it.

use std::fmt;

/// How far an exchange had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing was tried yet.
    Prepare,
    /// Finding the peer's address.
    Resolve,
    /// Opening the connection.
    Connect,
    /// Shaking hands, up to the moment before the first byte of the request.
    Handshake,
    /// The request is on its way, or the answer is.
    Exchange,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request or the settings are not usable (an address that is none, `http://` where it is not allowed).
    Unusable,
    /// The name has no address.
    Dns,
    /// No connection.
    Connect,
    /// The handshake failed: certificate, name, version.
    Tls,
    /// The deadline passed.
    Timeout,
    /// The connection broke.
    Reset,
    /// The peer's bytes are no HTTP.
    Malformed,
    /// The answer is larger than the limit. Its status is known: [`Error::status`].
    BodyTooLarge,
}

impl ErrorKind {
    /// The kind as one word, for labels and ledgers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ErrorKind::Unusable => "unusable",
            ErrorKind::Dns => "dns",
            ErrorKind::Connect => "connect",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Reset => "reset",
            ErrorKind::Malformed => "malformed",
            ErrorKind::BodyTooLarge => "body_too_large",
        }
    }
}

/// Whether the peer may have acted on the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not one byte of the request left: trying again cannot make a double.
    NotSent,
    /// It may have been processed.
    Ambiguous,
}

/// A failed exchange. Names the peer's host and nothing else of the request.
#[derive(Debug)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// How far it had come.
    pub stage: Stage,
    /// The peer: host, and port if it is not the usual one. Empty if the address was none.
    pub host: String,
    /// The status of an answer whose body could not be taken.
    pub status: Option<u16>,
    detail: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, stage: Stage, detail: impl Into<String>) -> Error {
        Error { kind, stage, host: String::new(), status: None, detail: detail.into() }
    }

    pub(crate) fn unusable(detail: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unusable, Stage::Prepare, detail)
    }

    pub(crate) fn at(self, host: String) -> Error {
        Error { host, ..self }
    }

    pub(crate) fn after(self, status: Option<u16>) -> Error {
        Error { status, ..self }
    }

    /// What may be concluded.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        if self.stage == Stage::Exchange { Delivery::Ambiguous } else { Delivery::NotSent }
    }

    /// The status of the answer, if one had begun.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_str() {
            "" => write!(out, "{}: {}", self.kind.word(), self.detail),
            host => write!(out, "talk to {host}: {}: {}", self.kind.word(), self.detail),
        }
    }
}

impl std::error::Error for Error {}

/// The innermost reason of an error: what the layers above it say is "error".
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(beneath) = error.source() {
        error = beneath;
    }
    error.to_string()
}
