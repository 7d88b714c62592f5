//! Where a program listens.

use std::io;
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
    let failed = |kind, error| Failure::new(kind, "listen on", address).because(error);
    let resolved = resolve(address).map_err(|error| failed(FailureKind::Malformed, error))?;
    TcpListener::bind(resolved.as_slice()).map_err(|error| failed(FailureKind::Refused, error))
}

/// `:9134` is every address of both families, or of IPv4 alone where the kernel has no IPv6.
fn resolve(address: &str) -> io::Result<Vec<SocketAddr>> {
    let choices = if address.starts_with(':') {
        vec![format!("[::]{address}"), format!("0.0.0.0{address}")]
    } else {
        vec![address.to_owned()]
    };
    let mut resolved = Vec::new();
    for choice in choices {
        resolved.extend(choice.to_socket_addrs()?);
    }
    Ok(resolved)
}
