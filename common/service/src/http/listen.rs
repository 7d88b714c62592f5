//! Where a program listens.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use crate::failure::{Failure, FailureKind};

/// Sockets that are bound and not yet served.
#[derive(Debug)]
pub struct Listeners {
    pub(super) sockets: Vec<TcpListener>,
}

impl Listeners {
    /// Binds every address: `127.0.0.1:9134`, `[::1]:9134`, or `:9134` for all addresses of both families.
    ///
    /// # Errors
    /// `malformed`: not an address; `refused`: the system refuses it (in use, not ours).
    pub fn bind(addresses: &[String]) -> Result<Listeners, Failure> {
        let sockets: Result<Vec<_>, _> = addresses.iter().map(|address| bind_one(address)).collect();
        Ok(Listeners { sockets: sockets? })
    }

    /// The sockets systemd bound for us (`LISTEN_FDS`), if there are any.
    ///
    /// # Errors
    /// `unsupported`: one of them is no TCP listener.
    pub fn from_systemd() -> Result<Option<Listeners>, Failure> {
        let mut passed = listenfd::ListenFd::from_env();
        let mut sockets = Vec::new();
        for index in 0..passed.len() {
            let socket = passed.take_tcp_listener(index).map_err(|error| {
                Failure::new(FailureKind::Unsupported, "take", format!("socket {index} of systemd")).because(error)
            })?;
            sockets.extend(socket);
        }
        Ok(if sockets.is_empty() { None } else { Some(Listeners { sockets }) })
    }

    /// Sockets bound by the caller, for tests.
    #[must_use]
    pub fn bound(sockets: Vec<TcpListener>) -> Listeners {
        Listeners { sockets }
    }

    /// The addresses, with the ports the system chose.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }
}

fn bind_one(address: &str) -> Result<TcpListener, Failure> {
    let full = if address.starts_with(':') { format!("[::]{address}") } else { address.to_owned() };
    let failed = |kind, error| Failure::new(kind, "listen on", address).because(error);
    let resolved = full.to_socket_addrs().map_err(|error| failed(FailureKind::Malformed, error))?;
    let resolved: Vec<SocketAddr> = resolved.collect();
    TcpListener::bind(resolved.as_slice()).map_err(|error| failed(FailureKind::Refused, error))
}
