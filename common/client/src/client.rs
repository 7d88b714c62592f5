//! The exchange.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::HeaderValue;
use rustls::ClientConfig;
use tokio::time::Instant;

use crate::connect::{Sender, connect, within};
use crate::error::{Error, ErrorKind, Stage, innermost};
use crate::message::{Request, Response};
use crate::peer::Peer;
use crate::pool::Pool;
use crate::tls;

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
    /// Lets `http://` through to every host: only for peers in the house, whose address and answers are no secret.
    pub plain_anywhere: bool,
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
            plain_anywhere: false,
            idle: Duration::from_secs(60),
            user_agent: concat!("gjallarhorn/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Sends requests; cheap to clone, clones share their connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    user_agent: HeaderValue,
    tls: Arc<ClientConfig>,
    pool: Pool,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("deadline", &self.shared.settings.deadline).finish_non_exhaustive()
    }
}

impl Client {
    /// A client. The roots are parsed here, so that a wrong file is told at start.
    ///
    /// # Errors
    /// `unusable`: the extra roots hold no certificate, or the user agent is no header value.
    pub fn new(settings: Settings) -> Result<Client, Error> {
        let tls = tls::config(settings.extra_roots.as_deref())?;
        let user_agent = HeaderValue::from_str(&settings.user_agent);
        let user_agent = user_agent.map_err(|_| Error::unusable("this user agent is no header value"))?;
        Ok(Client { shared: Arc::new(Shared { settings, user_agent, tls, pool: Pool::default() }) })
    }

    /// Sends `request` and takes the whole answer, whatever its status, within [`Settings::deadline`].
    ///
    /// # Errors
    /// [`Error`]; ask it [`Error::delivery`].
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let peer = Peer::of(&request.uri)?;
        let deadline = Instant::now() + self.shared.settings.deadline;
        let outcome = self.shared.exchange(request, &peer, deadline).await;
        outcome.map_err(|error| error.at(peer.to_string()))
    }
}

impl Shared {
    async fn exchange(&self, request: Request, peer: &Peer, deadline: Instant) -> Result<Response, Error> {
        if !peer.tls && !self.settings.plain_loopback && !self.settings.plain_anywhere {
            return Err(Error::unusable("http:// is not allowed here; use https://"));
        }
        let wire = request.into_wire(peer, &self.user_agent)?;
        let (sender, response) = self.deliver(wire, peer, deadline).await?;
        let response = self.take(response, deadline).await?;
        self.pool.keep(peer.clone(), sender, self.settings.idle);
        Ok(response)
    }

    /// Sends on a kept connection, or on a new one if there is none or if it turns out to be closed before a byte left.
    async fn deliver(
        &self,
        mut wire: hyper::Request<Full<Bytes>>,
        peer: &Peer,
        deadline: Instant,
    ) -> Result<(Sender, hyper::Response<Incoming>), Error> {
        if let Some(mut kept) = self.pool.take(peer, self.settings.idle) {
            match within(deadline, Stage::Exchange, kept.try_send_request(wire)).await? {
                Ok(response) => return Ok((kept, response)),
                Err(mut refused) => match refused.take_message() {
                    Some(unsent) => wire = unsent,
                    None => return Err(broken(refused.error())),
                },
            }
        }
        let mut sender = connect(peer, &self.tls, self.settings.plain_anywhere, deadline).await?;
        match within(deadline, Stage::Exchange, sender.try_send_request(wire)).await? {
            Ok(response) => Ok((sender, response)),
            Err(refused) if refused.message().is_some() => {
                Err(Error::new(ErrorKind::Reset, Stage::Handshake, "it closed the connection at once"))
            }
            Err(refused) => Err(broken(refused.error())),
        }
    }

    /// The whole answer.
    async fn take(&self, response: hyper::Response<Incoming>, deadline: Instant) -> Result<Response, Error> {
        let (head, body) = response.into_parts();
        let (status, limit) = (Some(head.status.as_u16()), self.settings.body_limit);
        // Whoever announces too much is not waited for.
        if body.size_hint().lower() > limit as u64 {
            return Err(too_large(limit).after(status));
        }
        let body = Limited::new(body, limit).collect();
        let body = within(deadline, Stage::Exchange, body).await.map_err(|error| error.after(status))?;
        let body = body.map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(error) => broken(&error).after(status),
            Err(_) => too_large(limit).after(status),
        })?;
        Ok(Response { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    }
}

/// A connection that broke after the request began to leave.
fn broken(error: &hyper::Error) -> Error {
    let kind = if error.is_parse() { ErrorKind::Malformed } else { ErrorKind::Reset };
    Error::new(kind, Stage::Exchange, innermost(error))
}

fn too_large(limit: usize) -> Error {
    Error::new(ErrorKind::BodyTooLarge, Stage::Exchange, format!("its answer is larger than {limit} bytes"))
}
