//! The server on real sockets, and single connections in paused time.

mod deadlines;
mod limits;
mod pages;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::*;

/// Far beyond anything a test waits for; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(300);

const ABOUT: About = About { name: "test", version: "1.2.3", about: "Serves <tests>." };

/// A site with one route that counts how often its handler was reached.
fn site(reached: &Arc<AtomicUsize>) -> Site {
    let counter = Arc::clone(reached);
    let post = Route::post("/in", move |request: Request| {
        counter.fetch_add(1, Ordering::Relaxed);
        async move { Answer::text(200, request.body) }
    });
    let guard = |head: &Head| match head.header("authorization") {
        Some("Bearer good") => Ok(()),
        _ => Err(Answer::text(401, "no\n")),
    };
    Site::new(ABOUT)
        .metrics(page(|| "a 1\n".repeat(4000)))
        .link("/in", "Where it goes in")
        .route(post.and_below().body_limit(1000).body_deadline(Duration::from_secs(2)).guard(guard))
}

struct Running {
    address: SocketAddr,
    reached: Arc<AtomicUsize>,
    end: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

/// A server on a port of the system's choice.
fn start(limits: Limits) -> Running {
    let reached = Arc::new(AtomicUsize::new(0));
    let listeners = Listeners::bind(&["127.0.0.1:0".into()]).unwrap();
    let address = listeners.addresses()[0];
    let server = Server::new(site(&reached), listeners, limits);
    let (end, ended) = oneshot::channel();
    let server = tokio::spawn(async move {
        let _ = server.run(async { drop(ended.await) }).await;
    });
    Running { address, reached, end, server }
}

impl Running {
    /// Sends `text` on a new connection and gives everything that comes back until the server closes.
    async fn exchange(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        to_end(&mut stream).await
    }

    fn reached(&self) -> usize {
        self.reached.load(Ordering::Relaxed)
    }
}

async fn to_end(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server must close");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A request that asks for the connection to be closed.
fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(headers: &str, body: &str) -> String {
    format!("POST /in HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n{body}")
}

const GOOD: &str = "authorization: Bearer good\r\n";

/// One connection on a pipe, for paused time.
fn pipe(limits: Limits) -> tokio::io::DuplexStream {
    let reached = Arc::default();
    let (ours, theirs) = tokio::io::duplex(1024);
    let desk = Arc::new(desk::Desk::new(site(&reached), limits));
    let (_never, ended) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        let _never = _never;
        connection::serve(theirs, SocketAddr::from((Ipv4Addr::LOCALHOST, 1)), desk, ended).await;
    });
    ours
}
