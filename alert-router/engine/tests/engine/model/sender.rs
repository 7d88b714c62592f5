//! A sender of a few groups of a few alerts, which knows what it said.

use std::collections::BTreeMap;

use gjallarhorn_engine::{Alert, Status, Timestamp, Webhook};

use crate::support::{alert, hook, over};

pub(super) const GROUPS: usize = 4;
pub(super) const ALERTS: usize = 4;
const SEVERITIES: [&str; ALERTS] = ["critical", "warning", "critical", "info"];

#[derive(Default)]
pub(super) struct Sender {
    /// What fires: group and alert to its start.
    firing: BTreeMap<(usize, usize), Timestamp>,
    /// Every start of every alert ever said.
    said: BTreeMap<(usize, usize), Vec<Timestamp>>,
    sent: Vec<Webhook>,
}

impl Sender {
    /// Flips the alerts whose bits are set, and speaks of the group: of what fires, but for what is left out, and of
    /// what has just ended.
    pub(super) fn flip(
        &mut self,
        group: usize,
        flips: u8,
        left_out: u8,
        truncated: u64,
        same_start: bool,
        now: Timestamp,
    ) -> Webhook {
        let mut alerts = Vec::new();
        for number in 0..ALERTS {
            let place = (group, number);
            if flips >> number & 1 == 1 {
                match self.firing.remove(&place) {
                    Some(start) => alerts.push(over(&said(place, start))),
                    None => self.fire(place, same_start, now),
                }
            }
            if let Some(start) = self.firing.get(&place).filter(|_| left_out >> (number + ALERTS) & 1 == 0) {
                alerts.push(said(place, *start));
            }
        }
        self.send(Webhook { truncated_alerts: truncated, ..hook(&group.to_string(), &ended(alerts, now)) })
    }

    fn fire(&mut self, place: (usize, usize), same_start: bool, now: Timestamp) {
        let starts = self.said.entry(place).or_default();
        let start = starts.last().copied().filter(|_| same_start).unwrap_or(now);
        if !starts.contains(&start) {
            starts.push(start);
        }
        self.firing.insert(place, start);
    }

    /// Something sent before.
    pub(super) fn earlier(&self, back: usize) -> Option<Webhook> {
        self.sent.len().checked_sub(back).map(|at| self.sent[at].clone())
    }

    /// The end of everything ever said.
    pub(super) fn all_over(&mut self, now: Timestamp) -> Vec<Webhook> {
        let ends = |group: usize| {
            let said_of = self.said.iter().filter(move |((of, _), _)| *of == group);
            let alerts = said_of.flat_map(|(place, starts)| starts.iter().map(|start| over(&said(*place, *start))));
            hook(&group.to_string(), &ended(alerts.collect(), now))
        };
        (0..GROUPS).map(ends).filter(|webhook| !webhook.alerts.is_empty()).collect()
    }

    fn send(&mut self, webhook: Webhook) -> Webhook {
        self.sent.push(webhook.clone());
        webhook
    }
}

/// The words of one firing: no other firing has them.
fn said((group, number): (usize, usize), start: Timestamp) -> Alert {
    let mut said = alert("Thing", SEVERITIES[number], &format!("g{group}a{number}"), 0);
    let words = format!("odin: thing g{group}a{number}s{} is broken, badly", start.0);
    said.annotations.insert("summary".to_owned(), words);
    said.starts_at = start;
    said
}

fn ended(mut alerts: Vec<Alert>, now: Timestamp) -> Vec<Alert> {
    for alert in alerts.iter_mut().filter(|alert| alert.status == Status::Resolved) {
        alert.ends_at = Some(now);
    }
    alerts
}
