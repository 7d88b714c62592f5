//! A peer that answers like Discord's webhook API as documented, over HTTP and TLS, and misbehaves on demand.
//!
//! It checks every request against the documented limits and answers a broken one with the same 400 as the real service;
//! it announces and enforces rate limits and counts the requests that were sent although a limit it had announced was
//! still in force. It knows nothing of alerts.
//!
//! Start reading at [`state`]: a request and the time go in, a reaction comes out; [`server`] carries that over sockets.
//! Sources: Discord's API documentation (webhook resource, message resource, rate limits, error codes) and its OpenAPI
//! description; figures that Discord does not document are marked in [`pace`].

mod answer;
mod apply;
mod mentions;
mod multipart;
mod pace;
mod record;
mod request;
mod script;
mod server;
mod state;
mod validate;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire_tests;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

pub use mentions::Mentions;
pub use pace::{Limits, Rate};
pub use record::{Attached, Message, Request, Tally, Version};
pub use script::Fault;

use crate::wait::until;
use server::Server;
use state::State;

/// A running peer with one webhook; it stops when dropped.
#[derive(Debug)]
pub struct Peer {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Peer {
    /// Starts a peer on two free loopback ports, one plain and one with TLS.
    ///
    /// # Errors
    /// When no port is free or the certificate cannot be made.
    pub fn start(limits: Limits) -> Result<Self> {
        Self::start_on(0, limits)
    }

    /// The same with a fixed plain port.
    ///
    /// # Errors
    /// When the port is taken or the certificate cannot be made.
    pub fn start_on(port: u16, limits: Limits) -> Result<Self> {
        let state = Arc::new(Mutex::new(State::new(limits)));
        let server = Server::start(port, &state)?;
        Ok(Self { state, server })
    }

    /// The webhook's address without TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.server.plain, self.state().first_path())
    }

    /// The webhook's address with TLS; trust [`Peer::ca_pem`].
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}{}", self.server.secure.port(), self.state().first_path())
    }

    /// Another webhook in the channel of the first (`share`) or in its own; returns its address without TLS.
    pub fn add_webhook(&self, share: bool) -> String {
        let path = self.state().add_webhook(share);
        format!("http://{}{path}", self.server.plain)
    }

    /// The plain listener.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.plain
    }

    /// The certificate authority a client has to trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.server.ca_pem
    }

    /// The token in the addresses: must be found in no log.
    #[must_use]
    pub fn token(&self) -> String {
        self.state().first_token()
    }

    /// The next request meets this fault; several calls line up.
    pub fn fail_next(&self, fault: Fault) {
        self.state().script.line_up(fault);
    }

    /// Every request meets this fault until it is lifted with `None`.
    pub fn fail_all(&self, fault: Option<Fault>) {
        self.state().script.always(fault);
    }

    /// Each request meets a fault by chance, the same for the same seed.
    pub fn fail_by_chance(&self, seed: u64, per_mille: Vec<(u64, Fault)>) {
        self.state().script.by_chance(seed, per_mille);
    }

    /// A person deletes a message: later requests for it answer 404, code 10008.
    pub fn delete_message(&self, id: &str) {
        self.state().delete_message(id);
    }

    /// A person deletes the first webhook: 404, code 10015.
    pub fn delete_webhook(&self) {
        self.state().delete_first();
    }

    /// The token of the first webhook is no longer right: 401, code 50027.
    pub fn revoke_token(&self) {
        self.state().revoke_first();
    }

    /// The client was killed: it cannot know what was announced to the process before it.
    pub fn client_restarted(&self) {
        self.state().pace.forget_announcements();
    }

    /// All messages in the order they were made, deleted ones included.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// All requests in the order they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// What the requests come to.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(&self.state().requests)
    }

    /// Waits for a message that satisfies `wanted`.
    ///
    /// # Errors
    /// When none does within `patience`; the lines of all messages are in the error.
    pub fn wait_for_message(
        &self,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&Message) -> bool,
    ) -> Result<Message> {
        until(what, patience, || self.messages().into_iter().find(|message| wanted(message))).map_err(|error| {
            let lines: Vec<_> = self.messages().iter().map(|message| message.content().to_owned()).collect();
            error.context(format!("messages so far: {lines:#?}"))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
