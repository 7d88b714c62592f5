//! From a request to its answer: find the route, judge the head, take the body, ask the handler.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response};
use tokio::sync::Semaphore;

use super::answer::Answer;
use super::builtin;
use super::request::{Head, Request};
use super::server::Limits;
use super::site::{Route, Site};

/// After a refusal, this much of the body is still taken and thrown away, so that the client reads the refusal and not
/// a reset.
const DISCARD_BYTES: usize = 1024 * 1024;
/// Read of a body that is too large, for whoever must say what it was.
const BEGINNING_BYTES: usize = 64 * 1024;
const DISCARD_DEADLINE: Duration = Duration::from_secs(1);

const DRAIN_MOST: Duration = Duration::from_secs(4);

/// Everything that all connections share.
pub(super) struct Desk {
    routes: Vec<Route>,
    pub(super) limits: Limits,
    pub(super) places: Arc<Semaphore>,
}

/// An answer, and whether the connection ends with it.
struct Verdict {
    answer: Answer,
    close: bool,
}

impl From<Answer> for Verdict {
    fn from(answer: Answer) -> Verdict {
        Verdict { answer, close: false }
    }
}

impl Desk {
    pub(super) fn new(site: Site, limits: Limits) -> Desk {
        let places = Arc::new(Semaphore::new(limits.connections));
        Desk { routes: builtin::routes(site, limits.scrape), limits, places }
    }

    /// Waits until no connection is left, at most [`Limits::drain`] and never so long that the program would miss its
    /// own end (5 s).
    pub(super) async fn drained(&self) {
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(self.limits.drain.min(DRAIN_MOST), self.places.acquire_many(all)).await;
    }

    pub(super) async fn answer(&self, peer: SocketAddr, request: hyper::Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let head = Head { method: parts.method, uri: parts.uri, headers: parts.headers, peer };
        let verdict = match self.find(&head) {
            Ok(route) => self.handle(route, head, body).await,
            Err(answer) => refuse(answer, body),
        };
        let close = verdict.close || self.crowded();
        into_response(verdict.answer, close)
    }

    /// The route, or why there is none.
    fn find(&self, head: &Head) -> Result<&Route, Answer> {
        let here: Vec<&Route> = self.routes.iter().filter(|route| route.is_at(head.path())).collect();
        let asked = if head.method == Method::HEAD { &Method::GET } else { &head.method };
        if let Some(route) = here.iter().find(|route| route.method == *asked) {
            return if forged(head) { Err(Answer::text(403, "not from another site\n")) } else { Ok(route) };
        }
        if here.is_empty() {
            return Err(Answer::text(404, "there is nothing here; see /\n"));
        }
        let allowed: Vec<&str> = here.iter().map(|route| route.method.as_str()).collect();
        let allowed = HeaderValue::try_from(allowed.join(", ")).unwrap_or(HeaderValue::from_static("GET"));
        Err(Answer::text(405, "this path is not asked that way\n").with(header::ALLOW, allowed))
    }

    async fn handle(&self, route: &Route, head: Head, body: Incoming) -> Verdict {
        if let Some(Err(answer)) = route.guard.as_ref().map(|guard| guard(&head)) {
            return refuse(answer, body);
        }
        let body = match take(route, &head, body).await {
            Ok(body) => body,
            Err(verdict) => return verdict,
        };
        let answer = (route.handler)(Request { head, body });
        let late = |_| Answer::text(503, "the answer took too long\n");
        tokio::time::timeout(self.limits.handle, answer).await.unwrap_or_else(late).into()
    }

    /// Once most places are taken, connections are not kept: whoever waits in the queue comes first.
    fn crowded(&self) -> bool {
        self.places.available_permits() < self.limits.connections / 4
    }
}

/// A browser sent here by the page of another site says so (Fetch Metadata); nothing that changes state obeys it.
fn forged(head: &Head) -> bool {
    head.method == Method::POST && head.header("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

/// The whole body, within the route's limit and deadline.
async fn take(route: &Route, head: &Head, mut body: Incoming) -> Result<Bytes, Verdict> {
    if route.method == Method::GET {
        return Ok(Bytes::new());
    }
    let oversized = || Answer::text(413, format!("the body is larger than {} bytes\n", route.body_limit));
    if body.size_hint().lower() > route.body_limit as u64 {
        let beginning = tokio::time::timeout(route.body_deadline, beginning(&mut body)).await;
        tell_oversized(route, head, beginning.unwrap_or_default());
        return Err(refuse(oversized(), body));
    }
    let whole = Limited::new(body, route.body_limit).collect();
    match tokio::time::timeout(route.body_deadline, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            tell_oversized(route, head, Bytes::new());
            Err(Verdict { answer: oversized(), close: true })
        }
        Ok(Err(_)) => Err(Verdict { answer: Answer::text(400, "the body is not whole\n"), close: true }),
        Err(_) => Err(Verdict { answer: Answer::text(408, "the body took too long\n"), close: true }),
    }
}

fn tell_oversized(route: &Route, head: &Head, beginning: Bytes) {
    if let Some(tell) = &route.oversized {
        tell(Request { head: head.clone(), body: beginning });
    }
}

/// The first bytes of a body that is not taken, for whoever must say what it was.
async fn beginning(body: &mut Incoming) -> Bytes {
    let mut bytes = Vec::new();
    while bytes.len() < BEGINNING_BYTES
        && let Some(Ok(frame)) = body.frame().await
    {
        let data = frame.into_data().unwrap_or_default();
        bytes.extend_from_slice(&data[..data.len().min(BEGINNING_BYTES - bytes.len())]);
    }
    bytes.into()
}

/// An answer given before the body was taken.
fn refuse(answer: Answer, body: Incoming) -> Verdict {
    if body.is_end_stream() {
        return Verdict { answer, close: false };
    }
    tokio::spawn(tokio::time::timeout(DISCARD_DEADLINE, discard(body)));
    Verdict { answer, close: true }
}

async fn discard(mut body: Incoming) {
    let mut left = DISCARD_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = rest;
    }
}

fn into_response(answer: Answer, close: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status.try_into().unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if answer.content_type.starts_with("text/html") {
        careful(headers);
    }
    for (name, value) in answer.headers {
        headers.insert(name, value);
    }
    if close {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A page of ours runs no script, loads nothing, sends nothing and stands in no frame.
fn careful(headers: &mut hyper::HeaderMap) {
    const POLICY: &str =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
