//! The peer's sockets: plain and TLS, on a thread and a runtime of their own.

#![expect(clippy::disallowed_methods, reason = "the peer lives in real time")]

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::answer::{Answer, Reaction};
use super::request::Asked;
use super::state::State;
use crate::wait::unix_now;

/// The listeners; closed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) plain: SocketAddr,
    pub(crate) secure: SocketAddr,
    pub(crate) ca_pem: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

type Shared = Arc<Mutex<State>>;

impl Server {
    pub(crate) fn start(port: u16, state: &Shared) -> Result<Self> {
        let (tls, ca_pem) = certificates()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start a runtime")?;
        let listeners = runtime.block_on(async {
            let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let secure = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            Ok::<_, std::io::Error>((plain, secure))
        });
        let (plain_listener, secure_listener) = listeners.context("bind the peer's ports")?;
        let (plain, secure) = (plain_listener.local_addr()?, secure_listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let state = Arc::clone(state);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(plain_listener, None, &state) => {}
                    () = accept(secure_listener, Some(tls), &state) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { plain, secure, ca_pem, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// A certificate authority for `localhost`, and what a TLS server needs of it.
fn certificates() -> Result<(TlsAcceptor, String)> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "authority of the test peer");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let leaf = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    let secret =
        PrivateKeyDer::try_from(key.serialize_der()).map_err(|why| anyhow::anyhow!("key of the peer: {why}"))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], secret)?;
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, state: &Shared) {
    let started = Instant::now();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (state, tls) = (Arc::clone(state), tls.clone());
        tokio::spawn(async move {
            let cutter = Cutter::of(stream);
            let Ok((stream, cutter)) = cutter else { return };
            match tls {
                None => converse(stream, cutter, state, started).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(stream, cutter, state, started).await;
                    }
                }
            }
        });
    }
}

/// A second handle of a connection, to have it reset instead of closed in order.
struct Cutter(TcpStream);

impl Cutter {
    fn of(stream: TcpStream) -> std::io::Result<(TcpStream, Self)> {
        let stream = stream.into_std()?;
        let twin = stream.try_clone()?;
        Ok((TcpStream::from_std(stream)?, Self(TcpStream::from_std(twin)?)))
    }

    fn cut(&self) {
        drop(self.0.set_zero_linger());
    }
}

async fn converse<S>(stream: S, cutter: Cutter, state: Shared, started: Instant)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| respond(request, &cutter, &state, started));
    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

type Response = hyper::Response<Full<Bytes>>;

async fn respond(
    request: hyper::Request<Incoming>,
    cutter: &Cutter,
    state: &Shared,
    started: Instant,
) -> Result<Response, std::io::Error> {
    let asked = read(request).await.map_err(std::io::Error::other)?;
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a float for ages")]
    let unix = unix_now() as f64;
    let reaction = state.lock().unwrap_or_else(PoisonError::into_inner).react(started.elapsed(), unix, &asked);
    match reaction {
        Reaction::Answer(answer) => wire(answer),
        Reaction::Reset => {
            cutter.cut();
            Err(std::io::Error::other("reset on demand"))
        }
        Reaction::Stall => match std::future::pending::<Infallible>().await {},
    }
}

async fn read(request: hyper::Request<Incoming>) -> Result<Asked, hyper::Error> {
    let (head, body) = request.into_parts();
    let content_type = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        content_type: content_type.to_owned(),
        body: body.collect().await?.to_bytes().to_vec(),
    })
}

fn wire(answer: Answer) -> Result<Response, std::io::Error> {
    let mut builder = hyper::Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(answer.body))).map_err(std::io::Error::other)
}
