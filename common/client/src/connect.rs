//! From a peer's name to a connection that speaks HTTP.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::error::{Error, ErrorKind, Stage, innermost};
use crate::peer::Peer;

/// The largest head of an answer.
const HEAD_BYTES: usize = 64 * 1024;

/// The sending half of a connection; a task of the runtime drives the other.
pub(crate) type Sender = SendRequest<Full<Bytes>>;

/// Waits for one step, not beyond the deadline of the whole.
pub(crate) async fn within<T>(deadline: Instant, stage: Stage, step: impl Future<Output = T>) -> Result<T, Error> {
    timeout_at(deadline, step).await.map_err(|_| Error::new(ErrorKind::Timeout, stage, waited_for(stage)))
}

fn waited_for(stage: Stage) -> &'static str {
    match stage {
        Stage::Prepare | Stage::Resolve => "its name was not resolved in time",
        Stage::Connect => "it did not accept the connection in time",
        Stage::Handshake => "it did not finish the handshake in time",
        Stage::Exchange => "it did not answer in time",
    }
}

/// Opens a connection.
pub(crate) async fn connect(
    peer: &Peer,
    tls: &Arc<ClientConfig>,
    plain_anywhere: bool,
    deadline: Instant,
) -> Result<Sender, Error> {
    let addresses = within(deadline, Stage::Resolve, resolve(peer, plain_anywhere)).await??;
    let stream = within(deadline, Stage::Connect, reach(&addresses, deadline)).await??;
    let _ = stream.set_nodelay(true);
    if !peer.tls {
        return speak(stream).await;
    }
    let name = ServerName::try_from(peer.host.clone()).map_err(|_| Error::unusable("this is no host name"))?;
    let handshake = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    let stream = within(deadline, Stage::Handshake, handshake).await?;
    speak(stream.map_err(|error| broken_handshake(&error))?).await
}

/// The addresses of a peer. Without TLS, only our own machine, unless there is nothing to hide.
async fn resolve(peer: &Peer, plain_anywhere: bool) -> Result<Vec<SocketAddr>, Error> {
    let failed = |detail: String| Error::new(ErrorKind::Dns, Stage::Resolve, detail);
    let found = tokio::net::lookup_host((peer.host.as_str(), peer.port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| failed(error.to_string()))?.collect();
    if found.is_empty() {
        return Err(failed("the name has no address".into()));
    }
    if !peer.tls && !plain_anywhere && found.iter().any(|address| !address.ip().is_loopback()) {
        return Err(Error::unusable("http:// would send secrets in the clear; it reaches this machine only"));
    }
    Ok(found)
}

/// Tries each address in turn; each has its share of the time left, so that one that is silent leaves time for the next.
async fn reach(addresses: &[SocketAddr], deadline: Instant) -> Result<TcpStream, Error> {
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addresses.len() - index).unwrap_or(1);
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    let kind = if last.kind() == io::ErrorKind::TimedOut { ErrorKind::Timeout } else { ErrorKind::Connect };
    Err(Error::new(kind, Stage::Connect, last.to_string()))
}

fn broken_handshake(error: &io::Error) -> Error {
    let about_tls = error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    let kind = if about_tls { ErrorKind::Tls } else { ErrorKind::Reset };
    Error::new(kind, Stage::Handshake, innermost(error))
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<Sender, Error> {
    let handshake = http1::Builder::new().max_buf_size(HEAD_BYTES).handshake(TokioIo::new(stream)).await;
    let (sender, connection) =
        handshake.map_err(|error| Error::new(ErrorKind::Reset, Stage::Handshake, innermost(&error)))?;
    tokio::spawn(async move {
        // What goes wrong here is told to whoever waits for an answer.
        let _ = connection.await;
    });
    Ok(sender)
}
