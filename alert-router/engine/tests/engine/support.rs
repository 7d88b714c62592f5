//! A small world around an engine: a clock that is set by hand, peers that answer as told, everything remembered.

use std::collections::BTreeMap;
use std::time::Duration;

use gjallarhorn_engine::{
    Alert, Decision, DeliveryId, DiscordMessage, Engine, Event, Kind, Labels, MailMessage, Medium, Mentions, Next,
    Outcome, Policy, Rendered, Send, Severity, Status, Target, TargetName, Timestamp, Webhook, What,
};
use proptest::test_runner::Config as ProptestConfig;

/// 2026-11-24T02:10:00Z.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_486_200);

pub(crate) const MINUTE: u64 = 60;
pub(crate) const HOUR: u64 = 3600;

/// So many random cases, more or fewer in the proportion in which `PROPTEST_CASES` is more or fewer than its 256.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: (usual.cases * cases).div_ceil(256), failure_persistence: None, ..usual }
}

pub(crate) fn discord() -> TargetName {
    TargetName("discord-home".to_owned())
}

pub(crate) fn mail() -> TargetName {
    TargetName("mail-ann".to_owned())
}

/// Discord mentioning a role for criticals, and one mailbox.
pub(crate) fn policy() -> Policy {
    let mentions = BTreeMap::from([(Severity::Critical, Mentions { roles: vec![42], users: vec![] })]);
    Policy {
        targets: BTreeMap::from([
            (discord(), Target { medium: Medium::Discord, mentions }),
            (mail(), Target { medium: Medium::Mail, ..Target::default() }),
        ]),
        ..Policy::default()
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) decisions: Vec<Decision>,
    deliveries: u64,
    messages: u64,
}

impl World {
    /// A world whose engine has been running for a day.
    pub(crate) fn new(policy: Policy) -> Self {
        let mut world = Self::fresh(policy);
        world.now = Timestamp(START.0 - 86_400_000);
        world.apply(&Event::Clock);
        world.now = START;
        world.decisions.clear();
        world
    }

    /// A world whose engine knows nothing yet.
    pub(crate) fn fresh(policy: Policy) -> Self {
        Self { engine: Engine::new(policy), now: START, decisions: Vec::new(), deliveries: 0, messages: 0 }
    }

    pub(crate) fn wait(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now.after(Duration::from_secs(seconds));
        self
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        self.decisions.extend(self.engine.apply(self.now, event));
    }

    pub(crate) fn receive(&mut self, mut webhook: Webhook) -> &mut Self {
        for alert in webhook.alerts.iter_mut().filter(|alert| alert.status == Status::Resolved) {
            alert.ends_at.get_or_insert(self.now);
        }
        self.deliveries += 1;
        let delivery = DeliveryId(format!("d{}", self.deliveries));
        self.apply(&Event::Received { source: "am".to_owned(), delivery, webhook: Box::new(webhook) });
        self
    }

    /// Starts what the target should be told now; `None` when that is nothing.
    pub(crate) fn start(&mut self, target: &TargetName) -> Option<Send> {
        let Next::Send(send) = self.engine.next(target, self.now) else { return None };
        self.apply(&Event::Started { send: send.clone() });
        Some(*send)
    }

    pub(crate) fn answer(&mut self, send: &Send, outcome: Outcome) {
        self.apply(&Event::Answered { attempt: send.attempt.clone(), outcome });
    }

    /// A peer that takes everything.
    pub(crate) fn deliver(&mut self, send: &Send) {
        self.messages += 1;
        let (id, link) = (format!("m{}", self.messages), format!("https://discord.com/channels/1/2/{}", self.messages));
        let posted = send.medium != Medium::Mail;
        self.answer(send, Outcome::Delivered { remote_id: posted.then_some(id), link: posted.then_some(link) });
    }

    /// Tells the target one thing, which must be there.
    pub(crate) fn tell(&mut self, target: &TargetName) -> Send {
        let next = self.engine.next(target, self.now);
        let send = self.start(target).unwrap_or_else(|| unreachable!("nothing to tell {target}: {next:?}"));
        self.deliver(&send);
        send
    }

    /// Tells the target everything it wants within the next minutes; what was told.
    pub(crate) fn tell_all(&mut self, target: &TargetName) -> Vec<Kind> {
        let mut told = Vec::new();
        for _ in 0..1000 {
            match self.engine.next(target, self.now) {
                Next::Send(_) => told.push(self.tell(target).kind),
                Next::WaitUntil(at) if at.since(self.now) < Duration::from_secs(60) => self.now = at,
                Next::WaitUntil(_) | Next::Idle => break,
            }
        }
        told
    }

    pub(crate) fn line(&self, send: &Send) -> String {
        self.engine.plain_line(send)
    }

    pub(crate) fn discord(&self, send: &Send) -> DiscordMessage {
        match self.engine.render(send) {
            Rendered::Discord(message) => *message,
            other => unreachable!("{other:?}"),
        }
    }

    pub(crate) fn mail(&self, send: &Send) -> MailMessage {
        match self.engine.render(send) {
            Rendered::Mail(message) => *message,
            other => unreachable!("{other:?}"),
        }
    }

    pub(crate) fn decided(&self, what: What) -> usize {
        self.decisions.iter().filter(|decision| decision.what == what).count()
    }
}

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// An alert that began at `START + offset` seconds.
pub(crate) fn alert(name: &str, severity: &str, pool: &str, offset: i64) -> Alert {
    Alert {
        labels: labels(&[("alertname", name), ("severity", severity), ("instance", "odin"), ("pool", pool)]),
        annotations: labels(&[
            ("summary", &format!("odin: pool {pool} DEGRADED, can lose 0 more disks")),
            ("action", "Replace the disk"),
        ]),
        starts_at: Timestamp::from_secs(START.secs() + offset),
        fingerprint: format!("{name}-{severity}-{pool}"),
        ..Alert::default()
    }
}

pub(crate) fn critical(pool: &str) -> Alert {
    alert("ZfsPoolDegraded", "critical", pool, -60)
}

pub(crate) fn warning(pool: &str) -> Alert {
    alert("ZfsPoolDegraded", "warning", pool, -60)
}

pub(crate) fn info(pool: &str) -> Alert {
    alert("ZfsPoolDegraded", "info", pool, -60)
}

/// The same alert, over when it is received.
pub(crate) fn over(alert: &Alert) -> Alert {
    Alert { status: Status::Resolved, ..alert.clone() }
}

/// A webhook of group `key` with these alerts, called resolved when all of them are.
pub(crate) fn hook(key: &str, alerts: &[Alert]) -> Webhook {
    let resolved = alerts.iter().all(|alert| alert.status == Status::Resolved);
    Webhook {
        group_key: key.to_owned(),
        receiver: "home".to_owned(),
        status: if resolved { Status::Resolved } else { Status::Firing },
        group_labels: labels(&[("group", key)]),
        alerts: alerts.to_vec(),
        ..Webhook::default()
    }
}
