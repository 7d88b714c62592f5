//! What the router itself has to say, put as an alert of its own so that it is told, kept and ended like any other.

use super::absorb::Incoming;
use super::{Log, State};
use crate::decision::What;
use crate::names::{DeliveryId, GroupId, TargetName, hash};
use crate::policy::{Policy, Way};
use crate::time::Timestamp;
use crate::webhook::{Alert, Labels, Status, Webhook};
use crate::words::duration;

/// The source of the router's own notices.
pub(crate) const SOURCE: &str = "gjallarhorn";

/// Whom a notice reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Everyone,
    /// A target cannot be told that it takes no messages.
    AllBut(TargetName),
}

impl Audience {
    pub(super) fn way(&self, policy: &Policy) -> Way {
        let spared = |target: &&TargetName| !matches!(self, Self::AllBut(spared) if spared == *target);
        Way { targets: policy.targets.keys().filter(spared).cloned().collect(), reminder: policy.reminder }
    }
}

/// One notice.
pub(super) struct Notice {
    key: String,
    alert: Alert,
    audience: Audience,
}

impl Notice {
    fn new(key: &str, severity: &str, [name, summary, action, over]: [&str; 4], at: Timestamp) -> Self {
        let labels: Labels = texts([("alertname", name), ("severity", severity), ("about", key)]);
        let alert = Alert {
            fingerprint: hash([name, key]),
            annotations: texts([("summary", summary), ("action", action), ("over", over)]),
            labels,
            starts_at: at,
            ..Alert::default()
        };
        Self { key: key.to_owned(), alert, audience: Audience::Everyone }
    }

    /// The notice's end.
    pub(super) fn over(mut self, at: Timestamp) -> Self {
        self.alert.status = Status::Resolved;
        self.alert.ends_at = Some(at);
        self
    }
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A sender has gone silent.
fn silent(source: &str, since: Timestamp, at: Timestamp) -> Notice {
    let summary = format!("no word from {source} for {}. Alerts may be missing", duration(at.since(since)));
    let action = "Look whether Prometheus and Alertmanager run, and whether they reach the router";
    Notice::new(
        &format!("silent/{source}"),
        "critical",
        ["SenderSilent", &summary, action, &format!("{source} is heard again")],
        at,
    )
}

/// A sender's bytes cannot be read.
fn unreadable(source: &str, reason: &str, at: Timestamp) -> Notice {
    let summary = format!("{source} sends alerts that cannot be read. Look at the sender: {reason}");
    let action = "Compare the sender's webhook settings with docs; the bytes are kept in quarantine";
    let over = format!("alerts from {source} can be read again");
    let texts = ["AlertsUnreadable", &summary, action, &over];
    let mut notice = Notice::new(&format!("unreadable/{source}"), "warning", texts, at);
    // The line is cut where the lock screen ends, and the group that may stand there is what a person looks for.
    notice.alert.annotations.insert("description".to_owned(), reason.to_owned());
    notice
}

/// The table of groups is full.
pub(super) fn full(turned_away: u64, at: Timestamp) -> Notice {
    let summary = format!("router is full, {turned_away} new groups of alerts were not kept");
    let action = "Look at Alertmanager itself; silence what repeats, or group by fewer labels";
    Notice::new("full", "critical", ["RouterFull", &summary, action, "router has room for alerts again"], at)
}

/// A target takes no messages any more.
fn stopped(target: &TargetName, reason: &str, at: Timestamp) -> Notice {
    let summary = format!("{target} takes no more messages: {reason}. Its alerts wait");
    let action = format!("Give {target} a working address or credential, then reload the router");
    let texts = ["TargetStopped", &summary, &action, &format!("{target} takes messages again")];
    let notice = Notice::new(&format!("target/{target}"), "critical", texts, at);
    Notice { audience: Audience::AllBut(target.clone()), ..notice }
}

impl State {
    /// Takes a notice in like a webhook. An end without a beginning is nothing.
    pub(super) fn notice(&mut self, at: Timestamp, notice: &Notice, policy: &Policy, log: &mut Log) {
        let mut alert = notice.alert.clone();
        let id = GroupId(hash([SOURCE, "", &notice.key]));
        let known = self.groups.get(&id).and_then(|group| group.firing().next());
        match (known, alert.status) {
            (Some(known), _) => alert.starts_at = known.key.starts_at,
            (None, Status::Resolved) => return,
            (None, Status::Firing) => {}
        }
        let webhook =
            Webhook { group_key: notice.key.clone(), status: alert.status, alerts: vec![alert], ..Webhook::default() };
        let delivery = DeliveryId::default();
        let own = Some(notice.audience.clone());
        let incoming = Incoming { at, source: SOURCE, delivery: &delivery, webhook: &webhook, own };
        self.absorb_alerts(&incoming, &webhook.alerts.iter().collect::<Vec<_>>(), policy, log);
    }

    /// Nothing was heard of a source for too long.
    pub(crate) fn sender_silent(
        &mut self,
        at: Timestamp,
        source: &str,
        since: Timestamp,
        policy: &Policy,
        log: &mut Log,
    ) {
        let known = self.sources.entry(source.to_owned()).or_default();
        if !std::mem::replace(&mut known.silent, true) {
            log.note(What::SenderSilent, format!("{source} last heard {} ago", duration(at.since(since))));
            self.notice(at, &silent(source, since, at), policy, log);
        }
    }

    /// A source is heard again.
    pub(crate) fn sender_back(&mut self, at: Timestamp, source: &str, policy: &Policy, log: &mut Log) {
        let Some(known) = self.sources.get_mut(source) else { return };
        if std::mem::replace(&mut known.silent, false) {
            log.note(What::SenderBack, format!("{source} is heard again"));
            self.notice(at, &silent(source, at, at).over(at), policy, log);
        }
    }

    /// Bytes came that are no webhook.
    pub(crate) fn unreadable(
        &mut self,
        at: Timestamp,
        source: &str,
        delivery: &DeliveryId,
        reason: &str,
        policy: &Policy,
        log: &mut Log,
    ) {
        log.note(What::Unreadable, format!("delivery {delivery} from {source}: {reason}"));
        self.notice(at, &unreadable(source, reason, at), policy, log);
    }

    /// A webhook of the source could be read: if others before could not, that is over.
    pub(super) fn readable_again(&mut self, at: Timestamp, source: &str, policy: &Policy, log: &mut Log) {
        self.notice(at, &unreadable(source, "", at).over(at), policy, log);
    }

    /// A target was stopped.
    pub(super) fn say_stopped(
        &mut self,
        at: Timestamp,
        target: &TargetName,
        reason: &str,
        policy: &Policy,
        log: &mut Log,
    ) {
        log.note(What::TargetStopped, reason).target(target).alerts([]);
        self.notice(at, &stopped(target, reason, at), policy, log);
    }

    /// A stopped target was given a new configuration, or a person said to try again.
    pub(crate) fn resume(&mut self, at: Timestamp, target: &TargetName, policy: &Policy, log: &mut Log) {
        let Some(lane) = self.lanes.get_mut(target) else { return };
        lane.not_before = at;
        if lane.stopped.take().is_some() {
            log.note(What::TargetResumed, "tried again on request").target(target).alerts([]);
            self.notice(at, &stopped(target, "", at).over(at), policy, log);
        }
    }
}
