//! When the next request to Discord may leave: learned from what Discord announces, never from hope.
//!
//! Pure: time is an argument (a monotonic offset), nothing is slept, nothing is sent. The lane asks [`Limiter::ready_at`]
//! before each request, reports it with [`Limiter::sent`], and gives the answer to [`Limiter::heard`].
//!
//! Sources: Discord's "Rate Limits" page (buckets, `Retry-After`, scopes, 10,000 invalid requests in 10 minutes), and
//! community figures where that page is silent (5 requests in 2 s per webhook, 3 edits in 6 s of messages older than
//! an hour). A limit that was announced is kept to the millisecond plus [`MARGIN`]; a 429 that announces nothing costs
//! at least [`FLOOR`], doubled each time.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::breaker::Breaker;
use super::heard::Heard;

/// Added to every announced wait: the announcement is rounded, and clocks tick.
pub const MARGIN: Duration = Duration::from_millis(25);
/// The least wait after a 429 that names no limit (Cloudflare answers such ones, with an HTML body).
pub const FLOOR: Duration = Duration::from_secs(5);
/// The longest wait believed; a larger hint is a mistake or malice.
pub const CEILING: Duration = Duration::from_secs(24 * 3600);

const WEBHOOK_WINDOW: Duration = Duration::from_secs(2);
const WEBHOOK_BURST: usize = 5;
const OLD_EDIT_WINDOW: Duration = Duration::from_secs(6);
const OLD_EDIT_BURST: usize = 3;
const MOST_STRIKES: u32 = 6;

/// The ways into a webhook that Discord counts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Route {
    /// `POST`: a new message.
    Create,
    /// `PATCH` of a message younger than an hour.
    Edit,
    /// `PATCH` of an older message (error 30046 when overdone).
    OldEdit,
    /// `GET` of the webhook itself.
    Look,
}

impl Route {
    /// The word under which the route's bucket is kept until Discord names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Route::Create => "create",
            Route::Edit => "edit",
            Route::OldEdit => "old-edit",
            Route::Look => "look",
        }
    }

    /// The route of a [`Route::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Route::Create, Route::Edit, Route::OldEdit, Route::Look].into_iter().find(|route| route.word() == word)
    }
}

/// What is known of one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bucket {
    /// Requests left until `reset`; `None` while nothing was announced.
    remaining: Option<u32>,
    reset: Duration,
    /// No request before this, whatever `remaining` says.
    blocked: Duration,
    /// 429s in a row without an announced limit.
    strikes: u32,
}

impl Bucket {
    fn ready_at(&self) -> Duration {
        if self.remaining == Some(0) { self.reset.max(self.blocked) } else { self.blocked }
    }
}

/// A limit worth remembering over a restart: what is left of one bucket, and how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The webhook's id (not its token).
    pub webhook: String,
    /// The way in.
    pub route: Route,
    /// Requests that may still be sent before `wait` is over.
    pub remaining: u32,
    /// From now until the bucket is full again.
    pub wait: Duration,
}

/// All limits of all webhooks of this process; they share one address and so one global limit.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: HashMap<(String, String), Bucket>,
    names: HashMap<(String, Route), String>,
    recent: HashMap<String, VecDeque<Duration>>,
    old_edits: HashMap<String, VecDeque<Duration>>,
    global: Duration,
    breaker: Breaker,
}

impl Limiter {
    /// The earliest moment at which a request to `webhook` by `route` breaks no limit we know of.
    #[must_use]
    pub fn ready_at(&self, webhook: &str, route: Route) -> Duration {
        let bucket = self.buckets.get(&self.key(webhook, route)).map_or(Duration::ZERO, Bucket::ready_at);
        let burst = window_opens(self.recent.get(webhook), WEBHOOK_BURST, WEBHOOK_WINDOW);
        let old = match route {
            Route::OldEdit => window_opens(self.old_edits.get(webhook), OLD_EDIT_BURST, OLD_EDIT_WINDOW),
            _ => Duration::ZERO,
        };
        bucket.max(burst).max(old).max(self.global).max(self.breaker.closes_at())
    }

    /// A request leaves now.
    pub fn sent(&mut self, now: Duration, webhook: &str, route: Route) {
        remember(self.recent.entry(webhook.to_owned()).or_default(), now, WEBHOOK_BURST);
        if route == Route::OldEdit {
            remember(self.old_edits.entry(webhook.to_owned()).or_default(), now, OLD_EDIT_BURST);
        }
        let key = self.key(webhook, route);
        if let Some(bucket) = self.buckets.get_mut(&key) {
            bucket.remaining =
                if now >= bucket.reset { None } else { bucket.remaining.map(|left| left.saturating_sub(1)) };
        }
    }

    /// The answer to the last request of this route.
    pub fn heard(&mut self, now: Duration, webhook: &str, route: Route, heard: &Heard) {
        // The burst of 5 in 2 s is counted at Discord's door, where the request arrived some time after it left here.
        if let Some(last) = self.recent.get_mut(webhook).and_then(VecDeque::back_mut) {
            *last = now;
        }
        self.learn_name(webhook, route, heard);
        if heard.counts_as_invalid() {
            self.breaker.invalid(now);
        }
        let key = self.key(webhook, route);
        let bucket = self.buckets.entry(key).or_default();
        if let (Some(remaining), Some(after)) = (heard.remaining, heard.reset_after) {
            bucket.remaining = Some(remaining);
            bucket.reset = now + clamp(after) + MARGIN;
        }
        if heard.status == 429 {
            let (wait, everywhere) = refusal(bucket, heard);
            bucket.blocked = bucket.blocked.max(now + wait);
            if everywhere {
                self.global = self.global.max(now + wait);
            }
        } else {
            bucket.strikes = 0;
        }
    }

    /// What a restarted process must know about this route, if there is anything.
    #[must_use]
    pub fn announced(&self, now: Duration, webhook: &str, route: Route) -> Option<Announced> {
        let bucket = self.buckets.get(&self.key(webhook, route))?;
        let blocked = bucket.ready_at().max(self.global);
        let (remaining, until) = match bucket.remaining {
            _ if blocked > now => (0, blocked),
            Some(remaining) => (remaining, bucket.reset),
            None => return None,
        };
        let wait = until.checked_sub(now).filter(|wait| !wait.is_zero())?;
        Some(Announced { webhook: webhook.to_owned(), route, remaining, wait })
    }

    /// Takes up what an earlier process had been told.
    pub fn restore(&mut self, now: Duration, known: &Announced) {
        let until = now + clamp(known.wait);
        let bucket = self.buckets.entry(self.key(&known.webhook, known.route)).or_default();
        bucket.remaining = Some(known.remaining);
        bucket.reset = bucket.reset.max(until);
    }

    fn key(&self, webhook: &str, route: Route) -> (String, String) {
        let name = self.names.get(&(webhook.to_owned(), route)).map_or(route.word(), String::as_str);
        (webhook.to_owned(), name.to_owned())
    }

    /// Moves the route into the bucket Discord names, together with what was known under the old name.
    fn learn_name(&mut self, webhook: &str, route: Route, heard: &Heard) {
        let Some(name) = &heard.bucket else { return };
        let old = self.key(webhook, route);
        if old.1 == *name {
            return;
        }
        self.names.insert((webhook.to_owned(), route), name.clone());
        if let Some(known) = self.buckets.remove(&old) {
            let bucket = self.buckets.entry((old.0, name.clone())).or_default();
            bucket.blocked = bucket.blocked.max(known.blocked);
            bucket.strikes = bucket.strikes.max(known.strikes);
        }
    }
}

/// How long a 429 asks us to be silent, and whether it speaks for every route.
fn refusal(bucket: &mut Bucket, heard: &Heard) -> (Duration, bool) {
    let hint = heard.retry_after.or(heard.reset_after).map(clamp);
    if heard.names_its_limit() {
        bucket.strikes = 0;
        return (hint.unwrap_or(FLOOR) + MARGIN, heard.global);
    }
    let floor = FLOOR * 2u32.pow(bucket.strikes.min(MOST_STRIKES));
    bucket.strikes += 1;
    (hint.unwrap_or_default().max(floor) + MARGIN, true)
}

fn clamp(wait: Duration) -> Duration {
    wait.min(CEILING)
}

fn remember(times: &mut VecDeque<Duration>, now: Duration, most: usize) {
    times.push_back(now);
    while times.len() > most {
        times.pop_front();
    }
}

/// When a sliding window of `burst` requests in `width` has room again.
fn window_opens(times: Option<&VecDeque<Duration>>, burst: usize, width: Duration) -> Duration {
    times
        .filter(|times| times.len() >= burst)
        .and_then(VecDeque::front)
        .map_or(Duration::ZERO, |first| *first + width + MARGIN)
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;
