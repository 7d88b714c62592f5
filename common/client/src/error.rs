//! What can go wrong, and what may be concluded from it.

use std::fmt;

/// How far an exchange had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Finding the peer's address.
    Resolve,
    /// Opening the connection.
    Connect,
    /// Shaking hands.
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
    pub(crate) detail: String,
}

impl Error {
    /// What may be concluded.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self.stage {
            Stage::Exchange => Delivery::Ambiguous,
            Stage::Resolve | Stage::Connect | Stage::Handshake => Delivery::NotSent,
        }
    }

    /// The status of the answer, if one had begun.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "talk to {}: {}", self.host, self.detail)
    }
}

impl std::error::Error for Error {}
