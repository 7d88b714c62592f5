//! The exporters of the other nodes: what only they can see, their own disk and whom they reach.
//!
//! A voter whose disk is full answers on the wire like a healthy one. Its own exporter knows, and tells it to the others
//! as [`Word`] under `/v1/quorum`. Asking is off unless configured: without it some answers are "cannot tell".

use std::time::Duration;

use gjallarhorn_client::{Client, Error, Method, Request, Settings};
use gjallarhorn_service::{Failure, FailureKind};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// Where an exporter tells its word.
pub const PATH: &str = "/v1/quorum";
/// The form of the word.
pub const VERSION: u32 = 1;
/// Room for a hundred peers with long names.
const BODY_LIMIT: usize = 64 * 1024;
/// More are not asked.
const NEIGHBOURS: usize = 100;

/// What one exporter tells the others. Ages instead of times: clocks differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// [`VERSION`].
    pub version: u32,
    /// The name of its cluster.
    pub cluster: String,
    /// The address of its member, if it knows it.
    pub address: Option<String>,
    /// The host name of its node.
    pub host: String,
    /// Its own disk, if it can look at it.
    pub disk: Option<DiskWord>,
    /// Whom it asked, and who answered.
    pub peers: Vec<PeerWord>,
}

/// A look at a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskWord {
    /// How long ago it was looked at.
    pub age_milliseconds: u64,
    /// Last entry of the log.
    pub last_index: u64,
    /// Segments that are ready to be written.
    pub open_segments: u64,
    /// Bytes that can still be written.
    pub free_bytes: Option<u64>,
    /// It could not write once, and dqlite has not been started since.
    #[serde(default)]
    pub was_full: bool,
}

/// Whether a peer answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerWord {
    /// Its address.
    pub address: String,
    /// Whether it answered the last time it was asked.
    pub up: bool,
    /// How long ago that was.
    pub age_milliseconds: u64,
}

/// Asks the others.
#[derive(Debug)]
pub struct Neighbours {
    client: Client,
    runtime: Runtime,
}

impl Neighbours {
    /// Nobody is asked yet; each may take `deadline`.
    ///
    /// # Errors
    /// The system gives no event queue.
    pub fn new(deadline: Duration) -> Result<Neighbours, Failure> {
        let refused = || Failure::new(FailureKind::Refused, "start", "the client of other exporters");
        let settings = Settings { deadline, body_limit: BODY_LIMIT, plain_anywhere: true, ..Settings::default() };
        let client = Client::new(settings).map_err(|error| refused().because(error))?;
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(4).build();
        Ok(Neighbours { client, runtime: runtime.map_err(|error| refused().because(error))? })
    }

    /// The words of the exporters at these addresses (`http://HOST:PORT`), all asked at the same time. Blocks for at most
    /// the deadline.
    pub fn round(&self, addresses: &[String]) -> Vec<(String, Result<Word, Failure>)> {
        self.runtime.block_on(async {
            let asked = addresses.iter().take(NEIGHBOURS).cloned().map(|address| {
                let client = self.client.clone();
                async move { (ask(&client, &address).await, address) }
            });
            let mut asked: JoinSet<_> = asked.collect();
            let mut words = Vec::new();
            while let Some(told) = asked.join_next().await {
                words.extend(told.ok().map(|(word, address)| (address, word)));
            }
            words.sort_by(|(one, _), (other, _)| one.cmp(other));
            words
        })
    }
}

async fn ask(client: &Client, address: &str) -> Result<Word, Failure> {
    let failed = |kind| Failure::new(kind, "ask", format!("the exporter at {address}"));
    let request = Request::new(Method::GET, &format!("{}{PATH}", address.trim_end_matches('/')));
    let request = request.map_err(|error| failed(FailureKind::Malformed).because(error))?;
    let response = client.send(request).await.map_err(|error| failed(kind(&error)).because(error))?;
    match response.status {
        200 => {}
        404 => return Err(failed(FailureKind::Absent).because("the role quorum does not run there")),
        status => return Err(failed(FailureKind::Refused).because(format!("status {status}"))),
    }
    let word: Word =
        serde_json::from_slice(&response.body).map_err(|error| failed(FailureKind::Malformed).because(error))?;
    if word.version == VERSION { Ok(word) } else { Err(failed(FailureKind::Unsupported)) }
}

fn kind(error: &Error) -> FailureKind {
    use gjallarhorn_client::ErrorKind as Kind;
    match error.kind {
        Kind::Timeout => FailureKind::Timeout,
        Kind::Dns => FailureKind::Absent,
        Kind::Connect | Kind::Tls => FailureKind::Refused,
        Kind::Reset => FailureKind::Lost,
        Kind::BodyTooLarge => FailureKind::Oversized,
        Kind::Malformed | Kind::Unusable => FailureKind::Malformed,
    }
}
