//! What is served: the paths every program has, and the routes it adds.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;

use super::answer::Answer;
use super::request::{Head, Request};
use crate::page::Page;

/// An answer that is being made.
pub type Reply = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Makes the page of `/metrics`; given how long its sources may take, and an empty text to write it into.
pub type Scrape = Arc<dyn Fn(Duration, String) -> Pin<Box<dyn Future<Output = Page> + Send>> + Send + Sync>;

/// Whether the program can do its work; the reason if not. Memory only, no wait.
pub type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Reads the configuration again and swaps it in; one line about the outcome. Called for POST `/-/reload`.
pub type Reload = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

type Handler = Arc<dyn Fn(Request) -> Reply + Send + Sync>;
type Guard = Arc<dyn Fn(&Head) -> Result<(), Answer> + Send + Sync>;
type Oversized = Arc<dyn Fn(Request) + Send + Sync>;

/// A [`Scrape`] of a program whose whole page is in memory.
pub fn page(make: impl Fn() -> String + Send + Sync + 'static) -> Scrape {
    Arc::new(move |_budget, _paper| {
        let page = make().into();
        Box::pin(async move { page })
    })
}

/// Who the program is, for the landing page.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// One sentence: what it is for.
    pub about: &'static str,
}

/// Everything a program serves.
#[derive(Clone)]
pub struct Site {
    pub(crate) about: About,
    pub(crate) scrape: Option<Scrape>,
    pub(crate) readiness: Option<Readiness>,
    pub(crate) reload: Option<Reload>,
    pub(crate) routes: Vec<Route>,
    pub(crate) links: Vec<(String, String)>,
}

impl Site {
    /// A site with `/`, `/-/healthy` and `/-/ready` (ready at once).
    #[must_use]
    pub fn new(about: About) -> Site {
        Site { about, scrape: None, readiness: None, reload: None, routes: Vec::new(), links: Vec::new() }
    }

    /// Serves `/metrics`.
    #[must_use]
    pub fn metrics(mut self, scrape: Scrape) -> Site {
        self.scrape = Some(scrape);
        self
    }

    /// What `/-/ready` says: 200, or 503 with the reason.
    #[must_use]
    pub fn ready(mut self, readiness: Readiness) -> Site {
        self.readiness = Some(readiness);
        self
    }

    /// Serves POST `/-/reload`: 200 with the line, or 500 with the reason. [`crate::program::Program::reload`] sets this.
    #[must_use]
    pub fn reload(mut self, reload: Reload) -> Site {
        self.reload = Some(reload);
        self
    }

    /// A line on the landing page.
    #[must_use]
    pub fn link(mut self, path: &str, what: &str) -> Site {
        self.links.push((path.to_owned(), what.to_owned()));
        self
    }

    /// Adds a route; the first that matches is used.
    #[must_use]
    pub fn route(mut self, route: Route) -> Site {
        self.routes.push(route);
        self
    }
}

/// One path of a program's own.
#[derive(Clone)]
pub struct Route {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) below: bool,
    pub(super) body_limit: usize,
    pub(super) body_deadline: Duration,
    pub(super) guard: Option<Guard>,
    pub(super) oversized: Option<Oversized>,
    pub(super) handler: Handler,
}

impl Route {
    /// Answers GET (and HEAD) of exactly `path`.
    pub fn get<F>(path: &str, handler: impl Fn(Request) -> F + Send + Sync + 'static) -> Route
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Route::new(Method::GET, path, handler)
    }

    /// Answers POST of exactly `path`; see [`Route::body_limit`].
    pub fn post<F>(path: &str, handler: impl Fn(Request) -> F + Send + Sync + 'static) -> Route
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Route::new(Method::POST, path, handler)
    }

    fn new<F>(method: Method, path: &str, handler: impl Fn(Request) -> F + Send + Sync + 'static) -> Route
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Route {
            method,
            path: path.to_owned(),
            below: false,
            body_limit: 64 * 1024,
            body_deadline: Duration::from_secs(10),
            guard: None,
            oversized: None,
            handler: Arc::new(move |request| Box::pin(handler(request))),
        }
    }

    pub(super) fn is_at(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some("") => true,
            Some(rest) => self.below && rest.starts_with('/'),
            None => false,
        }
    }

    /// Also answers every path below: `/v1/x` then takes `/v1/x/y`, not `/v1/xy`.
    #[must_use]
    pub fn and_below(mut self) -> Route {
        self.below = true;
        self
    }

    /// At most this many bytes of body (64 KiB unless told); more is answered 413.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Route {
        self.body_limit = bytes;
        self
    }

    /// Told of every request whose body is too large, with the beginning of the body (up to 64 KiB; empty if its length
    /// was not announced). The answer is 413 all the same.
    #[must_use]
    pub fn oversized(mut self, tell: impl Fn(Request) + Send + Sync + 'static) -> Route {
        self.oversized = Some(Arc::new(tell));
        self
    }

    /// The whole body must have arrived within this time (10 s unless told); else 408.
    #[must_use]
    pub fn body_deadline(mut self, deadline: Duration) -> Route {
        self.body_deadline = deadline;
        self
    }

    /// Judges every request before a byte of its body is read; a refusal is answered and the connection closed.
    #[must_use]
    pub fn guard(mut self, guard: impl Fn(&Head) -> Result<(), Answer> + Send + Sync + 'static) -> Route {
        self.guard = Some(Arc::new(guard));
        self
    }
}
