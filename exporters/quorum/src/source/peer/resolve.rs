//! From `host:port` to addresses, with a deadline.
//!
//! The system's resolver cannot be interrupted, so it runs on a thread of its own; a look-up that is late is waited for at
//! the next visit instead of being begun again beside it.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::failure::{PeerFailure, Step, Trouble};

/// More addresses of one name than are tried.
const ADDRESSES: usize = 4;

/// Finds the addresses of `host:port`. Blocks.
#[derive(Clone)]
pub struct Resolver(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;

impl Resolver {
    /// One of your own.
    pub fn new(lookup: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Resolver {
        Resolver(Arc::new(lookup))
    }
}

impl Default for Resolver {
    /// The system's.
    fn default() -> Resolver {
        Resolver::new(|address| Ok(address.to_socket_addrs()?.collect()))
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Resolver")
    }
}

/// The look-up of one peer that has not come back yet.
#[derive(Debug, Default)]
pub(super) struct Pending(Option<JoinHandle<io::Result<Vec<SocketAddr>>>>);

impl Pending {
    /// The addresses of a peer, at least one.
    pub(super) async fn resolve(
        &mut self,
        address: &str,
        resolver: &Resolver,
        patience: Duration,
    ) -> Result<Vec<SocketAddr>, Trouble> {
        if let Ok(address) = address.parse() {
            return Ok(vec![address]);
        }
        let mut lookup = self.0.take().unwrap_or_else(|| {
            let (resolver, address) = (resolver.clone(), address.to_owned());
            tokio::task::spawn_blocking(move || (resolver.0)(&address))
        });
        let Ok(found) = timeout(patience, &mut lookup).await else {
            self.0 = Some(lookup);
            return Err(failed("its name was not resolved in time"));
        };
        let mut found =
            found.map_err(|_| failed("the look-up broke off"))?.map_err(|error| failed(error.to_string()))?;
        found.truncate(ADDRESSES);
        if found.is_empty() { Err(failed("the name has no address")) } else { Ok(found) }
    }
}

fn failed(detail: impl Into<String>) -> Trouble {
    Trouble::new(PeerFailure::Dns, Step::Resolve, detail)
}
