//! Accepts connections and serves a site on them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::connection;
use super::desk::Desk;
use super::listen::Listeners;
use super::site::Site;
use crate::failure::{Failure, FailureKind};

/// After a refused accept (no descriptors left), the wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What clients may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at the same time; more wait in the system's queue.
    pub connections: usize,
    /// Request line and headers, in bytes (8 KiB at least); more is answered 431.
    pub header_bytes: usize,
    /// From the first byte of a request to the end of its headers.
    pub header: Duration,
    /// A connection without a request.
    pub idle: Duration,
    /// Making an answer once the request is whole; longer is answered 503.
    pub handle: Duration,
    /// Taking the whole answer.
    pub answer: Duration,
    /// How long the sources of a page may take if the client does not say less
    /// (`X-Prometheus-Scrape-Timeout-Seconds`).
    pub scrape: Duration,
    /// How long running requests may take to finish once the program ends; never more than 4 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 128,
            header_bytes: 16 * 1024,
            header: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            handle: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            scrape: Duration::from_secs(5),
            drain: Duration::from_secs(3),
        }
    }
}

/// A site on its sockets.
pub struct Server {
    desk: Arc<Desk>,
    listeners: Listeners,
}

impl Server {
    /// Nothing is accepted before [`Server::run`].
    #[must_use]
    pub fn new(site: Site, listeners: Listeners, limits: Limits) -> Server {
        Server { desk: Arc::new(Desk::new(site, limits)), listeners }
    }

    /// Serves until `end` comes, then lets running requests finish within [`Limits::drain`].
    ///
    /// # Errors
    /// `refused`: a socket cannot be used.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), Failure> {
        let (ending, ended) = watch::channel(false);
        let mut doors = Vec::new();
        for socket in self.listeners.sockets {
            let listener = into_tokio(socket)
                .map_err(|error| Failure::new(FailureKind::Refused, "listen on", "a bound socket").because(error))?;
            doors.push(tokio::spawn(accept(listener, Arc::clone(&self.desk), ended.clone())));
        }
        end.await;
        ending.send_replace(true);
        self.desk.drained().await;
        for door in doors {
            door.abort();
        }
        Ok(())
    }
}

fn into_tokio(socket: std::net::TcpListener) -> io::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

/// Takes a place first and a connection second: what is over the cap waits in the system's queue, where it costs
/// nothing.
async fn accept(listener: TcpListener, desk: Arc<Desk>, mut ended: watch::Receiver<bool>) {
    let stop = ended.clone();
    let mut end = pin!(ended.wait_for(|ended| *ended));
    loop {
        let arrival = async {
            let place = place(&desk.places).await?;
            Some((place, listener.accept().await))
        };
        let arrival = tokio::select! {
            _ = &mut end => return,
            arrival = arrival => arrival,
        };
        match arrival {
            Some((place, Ok((stream, peer)))) => admit(place, stream, peer, &desk, stop.clone()),
            Some((_, Err(_))) => tokio::time::sleep(ACCEPT_PAUSE).await,
            None => return,
        }
    }
}

async fn place(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    Arc::clone(places).acquire_owned().await.ok()
}

fn admit(
    place: OwnedSemaphorePermit,
    stream: TcpStream,
    peer: SocketAddr,
    desk: &Arc<Desk>,
    ended: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        connection::serve(stream, peer, desk, ended).await;
        drop(place);
    });
}
