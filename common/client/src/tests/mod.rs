//! The client against a peer that behaves and misbehaves, over TLS and in the clear.

mod exchange;
mod secrets;
mod trust;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// Stands in path, query, header and body of every request of these tests.
const TOKEN: &str = "planted-token-8391";

/// Far beyond anything a test waits for; reached only when something hangs.
const LONG: Duration = Duration::from_secs(60);

/// A certificate authority of our own.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn pem(&self) -> Vec<u8> {
        self.issuer.pem().into_bytes()
    }

    /// What a peer needs to be `name`, with a certificate that `change` may spoil.
    fn acceptor(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A listening peer that counts its connections.
struct Peer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Peer {
    /// Runs `serve` for each connection; it is told which one it is, from 1.
    async fn start<F>(serve: impl Fn(usize, TcpStream) -> F + Send + 'static) -> Peer
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                tokio::spawn(serve(number, stream));
            }
        });
        Peer { address, connections }
    }

    /// A peer in the clear that answers every request on a connection with `answer`.
    async fn plain(answer: &'static str) -> Peer {
        Peer::start(move |_, mut stream| async move { answer_all(&mut stream, answer).await }).await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    fn request(&self, scheme: &str, host: &str) -> Request {
        let address = format!("{scheme}://{host}:{}/hook/{TOKEN}/x?key={TOKEN}", self.address.port());
        Request::new(Method::POST, &address).unwrap().header("authorization", TOKEN).unwrap().body(TOKEN)
    }

    fn plain_request(&self) -> Request {
        self.request("http", "127.0.0.1")
    }
}

async fn answer_all(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), answer: &str) {
    while read_request(stream).await.is_some() {
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads up to the end of the body, which ends with the planted token; nothing once the client is gone.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(format!("\r\n\r\n{TOKEN}").as_bytes()) {
        let read = stream.read_buf(&mut bytes).await.ok()?;
        if read == 0 {
            return None;
        }
    }
    Some(String::from_utf8(bytes).unwrap())
}

fn client(change: impl FnOnce(&mut Settings)) -> Client {
    let mut settings = Settings { deadline: LONG, plain_loopback: true, ..Settings::default() };
    change(&mut settings);
    Client::new(settings).unwrap()
}

/// Sends, expects a failure, and checks on the way that nothing of it shows a secret.
async fn failure(client: &Client, request: Request) -> Error {
    let shown = format!("{request:?} {client:?}");
    let error = tokio::time::timeout(LONG * 2, client.send(request)).await.expect("never hangs").unwrap_err();
    let shown = format!("{shown} {error} {error:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains("hook"), "{shown}");
    error
}
