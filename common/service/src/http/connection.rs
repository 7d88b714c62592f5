//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::desk::Desk;
use super::patience::{Patient, Phase, Waiting};

/// Serves requests on `io` until either side is done, or `ended` says that the program is.
///
/// What goes wrong on a connection (garbage, a reset, a deadline) concerns its client alone: hyper answers what can be
/// answered, and nothing is logged, so that a stranger cannot fill the log.
pub(super) async fn serve<I>(io: I, peer: SocketAddr, desk: Arc<Desk>, mut ended: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = Patient::new(io, &desk.limits);
    let phase = io.phase();
    let builder = protocol(&desk);
    let service = service_fn(move |request| respond(Arc::clone(&desk), phase.clone(), peer, request));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    let mut ending = pin!(ended.wait_for(|ended| *ended));
    tokio::select! {
        _ = &mut connection => return,
        _ = &mut ending => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

fn protocol(desk: &Desk) -> http1::Builder {
    let limits = &desk.limits;
    let bytes = limits.header_bytes.max(8192);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The net beneath `Patient`, for a head that came with the request before it.
        .header_read_timeout(limits.idle + limits.header)
        .max_buf_size(bytes)
        .max_header_size(bytes);
    builder
}

async fn respond(
    desk: Arc<Desk>,
    phase: Phase,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Told>, Infallible> {
    phase.enter(Waiting::Nothing);
    let response = desk.answer(peer, request).await;
    Ok(response.map(|body| Told { body, phase }))
}

/// The body of an answer; once hyper drops it, the answer is written and the next request is waited for.
struct Told {
    body: Full<Bytes>,
    phase: Phase,
}

impl Drop for Told {
    fn drop(&mut self) {
        self.phase.enter(Waiting::Request);
    }
}

impl Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
