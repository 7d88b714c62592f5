//! One connection: opening it, and asking over it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Patience;
use super::failure::{Step, Trouble};
use crate::parse::wire::{HEAD_BYTES, HELLO, Head, Request};
use crate::source::identity::Identity;

/// A connection to a peer that shook hands under an identity.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TlsStream<TcpStream>,
    identity: Arc<Identity>,
    /// Whether the version of the protocol is said.
    greeted: bool,
}

/// Opens a connection to the first address that accepts one; each has its share of the time.
pub(super) async fn reach(addresses: &[SocketAddr], patience: Duration) -> Result<TcpStream, Trouble> {
    let share = patience / u32::try_from(addresses.len()).unwrap_or(1).max(1);
    let mut last = Trouble::late(Step::Connect);
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Trouble::io(Step::Connect, &error),
            Err(_) => last = Trouble::late(Step::Connect),
        }
    }
    Err(last)
}

impl Connection {
    /// Shakes hands.
    pub(super) async fn secure(
        stream: TcpStream,
        identity: &Arc<Identity>,
        patience: Duration,
    ) -> Result<Connection, Trouble> {
        let _ = stream.set_nodelay(true);
        let connector = TlsConnector::from(Arc::clone(&identity.tls));
        let handshake = connector.connect(identity.name.clone(), stream);
        let stream = timeout(patience, handshake).await.map_err(|_| Trouble::late(Step::Tls))?;
        let stream = stream.map_err(|error| Trouble::io(Step::Tls, &error))?;
        Ok(Connection { stream, identity: Arc::clone(identity), greeted: false })
    }

    /// Whether it was opened under this very identity, not one that was replaced since.
    pub(super) fn is_of(&self, identity: &Arc<Identity>) -> bool {
        Arc::ptr_eq(&self.identity, identity)
    }

    /// Sends one question and reads its whole answer; gives also how long that took.
    pub(super) async fn ask(
        &mut self,
        request: Request,
        patience: &Patience,
    ) -> Result<(Head, Vec<u8>, Duration), Trouble> {
        let step = Step::Ask(request);
        let begun = Instant::now();
        let exchange = timeout(patience.request, self.exchange(request, step)).await;
        let (head, body) = exchange.map_err(|_| Trouble::late(step))??;
        Ok((head, body, begun.elapsed()))
    }

    async fn exchange(&mut self, request: Request, step: Step) -> Result<(Head, Vec<u8>), Trouble> {
        let broken = |error: io::Error| Trouble::io(step, &error);
        let hello = if self.greeted { &[][..] } else { &HELLO };
        self.stream.write_all(&[hello, &request.encoded()].concat()).await.map_err(broken)?;
        self.greeted = true;
        self.stream.flush().await.map_err(broken)?;
        let mut head = [0; HEAD_BYTES];
        self.stream.read_exact(&mut head).await.map_err(broken)?;
        let head = Head::decode(head).map_err(|refusal| Trouble::refusal(step, &refusal))?;
        let mut body = vec![0; head.body_bytes];
        self.stream.read_exact(&mut body).await.map_err(broken)?;
        Ok((head, body))
    }
}
