//! Rate limits: the ones Discord announces, the ones it only shows when they are broken, and who was told what.

use std::collections::HashMap;
use std::time::Duration;

use super::request::Action;

/// So many requests in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests in one window.
    pub count: u32,
    /// The length of the window.
    pub span: Duration,
}

/// All limits of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Each route of a webhook (create, edit, …) by itself; announced in the headers of each answer.
    pub webhook: Rate,
    /// New messages in a channel; shows only as a 429 of scope `shared`.
    pub channel: Rate,
    /// Everything from one address; shows as a 429 of scope `global`.
    pub global: Rate,
    /// Edits of messages older than `old_after`; shows as a 429 with code 30046.
    pub old_edit: Rate,
    /// The age from which a message is old.
    pub old_after: Duration,
}

impl Limits {
    /// Global limit and the limit on old messages as Discord documents them; 5 per 2 s and 30 per minute are what its
    /// users have measured (it announces the first and documents neither).
    #[must_use]
    pub const fn documented() -> Self {
        Self {
            webhook: Rate { count: 5, span: Duration::from_secs(2) },
            channel: Rate { count: 30, span: Duration::from_secs(60) },
            global: Rate { count: 50, span: Duration::from_secs(1) },
            old_edit: Rate { count: 3, span: Duration::from_secs(6) },
            old_after: Duration::from_secs(3600),
        }
    }

    /// The same shape with the minute of the channel cut to six seconds, for tests that must end soon.
    #[must_use]
    pub const fn brisk() -> Self {
        Self { channel: Rate { count: 30, span: Duration::from_secs(6) }, ..Self::documented() }
    }
}

/// What an answer's headers say about the bucket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Left {
    pub(crate) bucket: String,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
}

/// A request that has to wait.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hold {
    pub(crate) scope: Scope,
    pub(crate) retry_after: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    User,
    Shared,
    Global,
    OldEdits,
    /// Cloudflare; the hint is whether `Retry-After` is sent.
    Edge(bool),
}

/// Whom a limit covers.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    bucket: String,
    channel: Option<String>,
    old: Option<String>,
}

impl Keys {
    pub(crate) fn new(webhook: &str, channel: &str, action: Action, old: bool) -> Self {
        Self {
            bucket: format!("{webhook} {action:?}"),
            channel: (action == Action::Create).then(|| format!("channel {channel}")),
            old: old.then(|| format!("old {channel}")),
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        [Some(ADDRESS), Some(self.bucket.as_str()), self.channel.as_deref(), self.old.as_deref()].into_iter().flatten()
    }
}

/// The key of limits that hold for everything from one address.
const ADDRESS: &str = "address";

#[derive(Debug)]
struct Window {
    opened: Duration,
    used: u32,
}

/// The limits at work.
#[derive(Debug)]
pub(crate) struct Pace {
    limits: Limits,
    windows: HashMap<String, Window>,
    /// Hidden throttles and bans: how long, and how they show.
    closed: HashMap<String, (Duration, Scope)>,
    /// What the client has been told: do not come before.
    announced: HashMap<String, Duration>,
}

impl Pace {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, windows: HashMap::new(), closed: HashMap::new(), announced: HashMap::new() }
    }

    pub(crate) fn is_old(&self, age: Duration) -> bool {
        age >= self.limits.old_after
    }

    /// Whether the client had been told not to send this now.
    pub(crate) fn warned(&self, now: Duration, keys: &Keys) -> bool {
        keys.all().any(|key| self.announced.get(key).is_some_and(|until| now < *until))
    }

    pub(crate) fn forget_announcements(&mut self) {
        self.announced.clear();
    }

    /// Closes the channel for a while without having said so before.
    pub(crate) fn throttle(&mut self, now: Duration, keys: &Keys, span: Duration) {
        for key in [Some(&keys.bucket), keys.channel.as_ref()].into_iter().flatten() {
            self.closed.insert(key.clone(), (now + span, Scope::Shared));
        }
    }

    /// Closes everything for a while, at the edge.
    pub(crate) fn ban(&mut self, now: Duration, span: Duration, hint: bool) {
        self.closed.insert(ADDRESS.to_owned(), (now + span, Scope::Edge(hint)));
    }

    /// Counts one request, and says what its answer's headers say or why it has to wait.
    pub(crate) fn take(&mut self, now: Duration, keys: &Keys) -> Result<Left, Hold> {
        let verdict = self.judge(now, keys);
        match &verdict {
            Ok(left) if left.remaining == 0 => self.announce(&keys.bucket, now + left.reset_after),
            Ok(_) => {}
            Err(hold) => {
                let key = match hold.scope {
                    Scope::Global | Scope::Edge(true) => ADDRESS,
                    Scope::Shared => keys.channel.as_deref().unwrap_or(&keys.bucket),
                    Scope::OldEdits => keys.old.as_deref().unwrap_or(&keys.bucket),
                    Scope::User => &keys.bucket,
                    Scope::Edge(false) => return verdict,
                };
                self.announce(key, now + hold.retry_after);
            }
        }
        verdict
    }

    fn announce(&mut self, key: &str, until: Duration) {
        self.announced.insert(key.to_owned(), until);
    }

    fn judge(&mut self, now: Duration, keys: &Keys) -> Result<Left, Hold> {
        for key in keys.all() {
            if let Some((until, scope)) = self.closed.get(key).filter(|(until, _)| now < *until) {
                return Err(Hold { scope: *scope, retry_after: *until - now });
            }
        }
        self.count(now, ADDRESS, self.limits.global, Scope::Global)?;
        let (remaining, reset_after) = self.count(now, &keys.bucket, self.limits.webhook, Scope::User)?;
        if let Some(channel) = &keys.channel {
            self.count(now, channel, self.limits.channel, Scope::Shared)?;
        }
        if let Some(old) = &keys.old {
            self.count(now, old, self.limits.old_edit, Scope::OldEdits)?;
        }
        Ok(Left { bucket: hash(&keys.bucket), limit: self.limits.webhook.count, remaining, reset_after })
    }

    fn count(&mut self, now: Duration, key: &str, rate: Rate, scope: Scope) -> Result<(u32, Duration), Hold> {
        let window = self.windows.entry(key.to_owned()).or_insert(Window { opened: now, used: 0 });
        if now >= window.opened + rate.span {
            *window = Window { opened: now, used: 0 };
        }
        let reset_after = window.opened + rate.span - now;
        if window.used >= rate.count {
            return Err(Hold { scope, retry_after: reset_after });
        }
        window.used += 1;
        Ok((rate.count - window.used, reset_after))
    }
}

/// A bucket's name tells nothing, as the real one.
fn hash(key: &str) -> String {
    let folded =
        key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{folded:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn create() -> Keys {
        Keys::new("1", "7", Action::Create, false)
    }

    #[test]
    fn five_pass_and_the_sixth_waits_for_the_window() {
        let mut pace = Pace::new(Limits::documented());
        let left: Vec<u32> = (0..5).map(|_| pace.take(ms(100), &create()).unwrap().remaining).collect();
        assert_eq!(left, [4, 3, 2, 1, 0]);
        assert!(pace.warned(ms(2000), &create()), "the empty bucket was announced");
        let hold = pace.take(ms(600), &create()).unwrap_err();
        assert_eq!(hold, Hold { scope: Scope::User, retry_after: ms(1500) });
        assert!(!pace.warned(ms(2100), &create()));
        assert!(pace.take(ms(2100), &create()).is_ok());
    }

    #[test]
    fn the_channel_shows_only_when_it_is_full() {
        let mut pace = Pace::new(Limits::documented());
        let sent = (0..40).take_while(|n| pace.take(ms(n * 2000 / 5 + 1), &create()).is_ok()).count();
        assert_eq!(sent, 30);
        assert!(pace.warned(ms(59_000), &create()));
        assert!(!pace.warned(ms(59_000), &Keys::new("1", "7", Action::EditMessage, false)), "edits go on");
    }

    #[test]
    fn a_killed_client_knows_of_nothing() {
        let mut pace = Pace::new(Limits::documented());
        (0..5).for_each(|_| drop(pace.take(ms(0), &create())));
        pace.forget_announcements();
        assert!(!pace.warned(ms(1), &create()));
    }

    #[test]
    fn a_ban_without_a_hint_announces_nothing() {
        let mut pace = Pace::new(Limits::documented());
        pace.ban(ms(0), ms(5000), false);
        assert!(pace.take(ms(1), &create()).is_err());
        assert!(!pace.warned(ms(2), &create()));
        pace.ban(ms(0), ms(5000), true);
        assert!(pace.take(ms(3), &create()).is_err());
        assert!(pace.warned(ms(4), &Keys::new("2", "8", Action::Look, false)), "for everything from this address");
    }

    #[test]
    fn old_messages_take_three_edits() {
        let mut pace = Pace::new(Limits::documented());
        let keys = Keys::new("1", "7", Action::EditMessage, true);
        assert_eq!((0..4).filter(|_| pace.take(ms(0), &keys).is_ok()).count(), 3);
    }
}
