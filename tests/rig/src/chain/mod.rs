//! The way of an alert, from real programs: exporter → Prometheus → Alertmanager → router → Discord peer and postfix.
//!
//! Each part can be started by itself; [`World`] starts everything after the exporter. Rules, routes and receivers are
//! the ones that ship, with their timings cut short.

mod disk;
mod exporter;
mod monitoring;
mod page;
mod router;

pub use exporter::{Exporter, Machine};
pub use monitoring::{Alertmanager, Pace, Prometheus};
pub use page::Page;
pub use router::{Router, Wiring};

use std::time::Duration;

use anyhow::Result;

use crate::discord::{Limits, Message, Peer};
use crate::smtp::{Mail, Postfix};

/// From a state of the machine to the phone: scrape, rule, group wait, journal, limiter, on a busy machine.
const TOLD: Duration = Duration::from_secs(180);

/// How long postfix turns a first try away.
const GREY: Duration = Duration::from_secs(1);

/// Everything after the exporter, running.
#[derive(Debug)]
pub struct World {
    /// The phone.
    pub discord: Peer,
    /// The mailbox.
    pub mail: Postfix,
    /// The router.
    pub router: Router,
    /// Alertmanager.
    pub alertmanager: Alertmanager,
    /// Prometheus.
    pub prometheus: Prometheus,
}

impl World {
    /// Starts the chain behind an exporter on `port` whose machine is called `host`.
    ///
    /// # Errors
    /// When a part cannot be started; its log is in the error.
    pub fn start(port: u16, host: &str) -> Result<Self> {
        Self::behind(&[(port, host.to_owned())], Pace::Shipped)
    }

    /// Starts the chain behind several exporters: each a port and the host it is shown as.
    ///
    /// # Errors
    /// When a part cannot be started; its log is in the error.
    pub fn behind(exporters: &[(u16, String)], pace: Pace) -> Result<Self> {
        let discord = Peer::start(Limits::documented())?;
        let mail = Postfix::start(GREY)?;
        let wiring = Wiring { settle: "0s", ..Wiring::default() }.to_discord(&discord).to_mail(&mail);
        let mut router = Router::prepare(&wiring)?;
        router.start()?;
        let alertmanager = Alertmanager::start(&router)?;
        let prometheus = Prometheus::start(exporters, pace, Some((&router, &alertmanager)))?;
        Ok(Self { discord, mail, router, alertmanager, prometheus })
    }

    /// Waits for a message on the phone.
    ///
    /// # Errors
    /// When it does not come; what came instead and the router's log are in the error.
    pub fn phone(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        self.discord.wait_for_message(what, TOLD, wanted).map_err(|error| error.context(self.router.log()))
    }

    /// Waits for a mail.
    ///
    /// # Errors
    /// When it does not come; what came instead and the router's log are in the error.
    pub fn letter(&self, what: &str, wanted: impl Fn(&Mail) -> bool) -> Result<Mail> {
        self.mail.wait_for_mail(what, TOLD, wanted).map_err(|error| error.context(self.router.log()))
    }
}
