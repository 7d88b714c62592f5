//! The desk in front of the keeper: where events are handed in, and what whoever hands them in may wait for.

use bytes::Bytes;
use gjallarhorn_engine::Event;
use tokio::sync::{mpsc, oneshot};

use crate::journal::Entry;

/// One thing that happened, and who wants to know that it is kept.
#[derive(Debug)]
pub struct Input {
    /// What happened.
    pub event: Event,
    /// The bytes it came in, for the inbox.
    pub raw: Option<Bytes>,
    /// Further rows of the same commit.
    pub extra: Vec<Entry>,
    reply: Option<oneshot::Sender<Kept>>,
}

impl Input {
    /// An event nobody waits for.
    pub(super) fn of(event: Event) -> Self {
        Input { event, raw: None, extra: Vec::new(), reply: None }
    }

    /// The same with the bytes it came in.
    pub(super) fn with_bytes(event: Event, raw: Bytes) -> Self {
        Input { raw: Some(raw), ..Input::of(event) }
    }

    /// Tells whoever waits where the event is kept.
    pub(super) fn answer(self, kept: Kept) {
        if let Some(reply) = self.reply {
            let _ = reply.send(kept);
        }
    }
}

/// Where an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// On the disk.
    OnDisk,
    /// In memory only: it counts, but a crash would lose it.
    InMemory,
}

/// The event was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Turned {
    /// Too much is waiting.
    #[error("too many webhooks are waiting")]
    Away,
    /// The router is ending.
    #[error("the router is shutting down")]
    Ending,
}

/// Hands events to the keeper; cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    inputs: mpsc::Sender<Input>,
}

impl Desk {
    /// The desk in front of a queue.
    pub(super) fn new(inputs: mpsc::Sender<Input>) -> Self {
        Desk { inputs }
    }

    /// Hands in an event and waits until it counts.
    ///
    /// # Errors
    /// [`Turned`] if it was not taken at all.
    pub async fn hand_in(&self, event: Event, raw: Option<Bytes>) -> Result<Kept, Turned> {
        let (reply, kept) = oneshot::channel();
        let input = Input { event, raw, extra: Vec::new(), reply: Some(reply) };
        self.inputs.try_send(input).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Turned::Away,
            mpsc::error::TrySendError::Closed(_) => Turned::Ending,
        })?;
        kept.await.map_err(|_| Turned::Ending)
    }

    /// The same for a lane, which waits for its turn instead of being turned away.
    ///
    /// # Errors
    /// [`Turned::Ending`].
    pub async fn report(&self, event: Event, extra: Vec<Entry>) -> Result<Kept, Turned> {
        let (reply, kept) = oneshot::channel();
        let input = Input { event, raw: None, extra, reply: Some(reply) };
        self.inputs.send(input).await.map_err(|_| Turned::Ending)?;
        kept.await.map_err(|_| Turned::Ending)
    }
}
