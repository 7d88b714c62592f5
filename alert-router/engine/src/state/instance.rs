//! One firing of one alert, from its start to its end.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Texts;
use crate::names::AlertKey;
use crate::policy::Severity;
use crate::time::Timestamp;
use crate::webhook::{Alert, Labels};

/// The annotations that messages are made of; the others are not kept.
const USED: [&str; 9] =
    ["action", "dashboard", "dashboard_url", "description", "message", "over", "runbook", "runbook_url", "summary"];

/// One firing of one alert. The same alert firing again later is another instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Instance {
    pub(crate) key: AlertKey,
    pub(crate) labels: Texts,
    pub(crate) annotations: Texts,
    pub(crate) generator_url: Box<str>,
    pub(crate) dashboard_url: Box<str>,
    pub(crate) silence_url: Box<str>,
    pub(crate) value: Box<str>,
    pub(crate) severity: Severity,
    pub(crate) firing: bool,
    /// When the engine first heard of it.
    pub(crate) accepted: Timestamp,
    /// When it last began or ended, by the engine's clock.
    pub(crate) changed: Timestamp,
    /// When it ended, by the sender's clock where it said so.
    pub(crate) ended: Option<Timestamp>,
    /// The group's revision at which it last began to fire, or was first heard of.
    pub(crate) fired: u64,
    /// A later firing of the same alert took its place: late words about this one are old.
    pub(crate) superseded: bool,
    /// The sender's last complete word did not mention it: silenced, inhibited or forgotten. Not an end.
    pub(crate) absent: bool,
    /// A new ring for it waits until then: this firing may be the late word of a redundant sender.
    pub(crate) held_until: Option<Timestamp>,
}

impl Instance {
    /// A new instance as the sender describes it, heard of at `at`, at the group's `revision`.
    pub(crate) fn new(alert: &Alert, at: Timestamp, revision: u64) -> Self {
        let firing = alert.status == crate::webhook::Status::Firing;
        let mut instance = Self {
            key: key(alert),
            severity: Severity::of(&alert.labels),
            labels: Texts::of(pairs(&alert.labels)),
            annotations: Texts::default(),
            generator_url: Box::default(),
            dashboard_url: Box::default(),
            silence_url: Box::default(),
            value: Box::default(),
            firing,
            accepted: at,
            changed: at,
            ended: (!firing).then(|| alert.ends_at.unwrap_or(at)),
            fired: revision,
            superseded: false,
            absent: false,
            held_until: None,
        };
        instance.update(alert);
        instance
    }

    /// Takes over what the sender says now; whether anything differs.
    pub(crate) fn update(&mut self, alert: &Alert) -> bool {
        let mut differs = false;
        let mut take = |old: &mut Box<str>, new: &str| {
            if !new.is_empty() && **old != *new {
                *old = new.into();
                differs = true;
            }
        };
        take(&mut self.generator_url, &alert.generator_url);
        take(&mut self.dashboard_url, &alert.dashboard_url);
        take(&mut self.silence_url, &alert.silence_url);
        take(&mut self.value, &alert.value);
        let used = || pairs(&alert.annotations).filter(|(name, _)| USED.contains(name));
        if !alert.annotations.is_empty() && !self.annotations.iter().eq(used()) {
            self.annotations = Texts::of(used());
            differs = true;
        }
        differs
    }

    /// Ends it.
    pub(crate) fn end(&mut self, at: Timestamp, ended: Timestamp) {
        self.firing = false;
        self.changed = at;
        self.ended = Some(ended.max(self.key.starts_at));
        self.held_until = None;
        self.absent = false;
    }

    /// Fires again after an end, with the same start. Within `window` of the end this may be the late word of a
    /// redundant sender, so its ring waits for as long; were it true, nothing would correct it.
    pub(crate) fn fire_again(&mut self, at: Timestamp, revision: u64, window: Duration) {
        self.held_until = (at.since(self.changed) < window).then(|| at.after(window));
        self.firing = true;
        self.changed = at;
        self.ended = None;
        self.fired = revision;
    }

    /// When it began, as far as anyone knows.
    pub(crate) fn began(&self) -> Timestamp {
        if self.key.starts_at.0 > 0 { self.key.starts_at } else { self.accepted }
    }
}

fn pairs(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The identity of the alert's current firing.
pub(crate) fn key(alert: &Alert) -> AlertKey {
    AlertKey { fingerprint: alert.fingerprint.clone(), starts_at: alert.starts_at }
}

#[cfg(test)]
mod tests {
    use super::Instance;

    /// A storm keeps ten thousand of them.
    #[test]
    fn an_instance_stays_small() {
        assert!(size_of::<Instance>() <= 224, "{} bytes", size_of::<Instance>());
    }
}
