//! How a send went, and what follows from it.

use super::lane::Lane;
use super::telling::{Card, Telling, Trouble};
use super::{Group, Log, State};
use crate::decision::What;
use crate::event::Outcome;
use crate::names::{AttemptId, TargetName};
use crate::plan::{About, Digest, Kind, Send, retry};
use crate::policy::{Medium, Policy, Severity};
use crate::time::Timestamp;

impl State {
    /// A send is about to leave.
    pub(crate) fn started(&mut self, send: &Send, log: &mut Log) {
        let target = &send.attempt.target;
        let lane = self.lanes.entry(target.clone()).or_default();
        if lane.in_flight.is_some() || send.attempt.number <= lane.attempts {
            log.note(What::Ignored, format!("attempt {} does not follow {}", send.attempt, lane.attempts))
                .target(target)
                .alerts([]);
            return;
        }
        lane.attempts = send.attempt.number;
        lane.backlog_had_its_turn = send.retried;
        lane.in_flight = Some(Box::new(send.clone()));
        for about in &send.about {
            let note = log.note(What::Started, format!("attempt {}: {}", send.attempt, send.kind.in_words()));
            note.group(&about.group).target(target).alerts([]);
        }
    }

    /// A send has ended, as far as is known.
    pub(crate) fn answered(
        &mut self,
        at: Timestamp,
        attempt: &AttemptId,
        outcome: &Outcome,
        policy: &Policy,
        log: &mut Log,
    ) {
        let lane = self.lanes.get_mut(&attempt.target);
        let Some((lane, send)) = lane.and_then(|lane| {
            let out = lane.in_flight.take_if(|send| send.attempt == *attempt)?;
            Some((lane, out))
        }) else {
            log.note(What::Ignored, format!("attempt {attempt} is not out")).target(&attempt.target).alerts([]);
            return;
        };
        match outcome {
            Outcome::Delivered { remote_id, link } => {
                lane.went_well(at);
                let card =
                    remote_id.as_ref().map(|id| Card { id: id.clone(), link: link.clone(), posted: at, touched: at });
                self.told(at, &send, card, log);
            }
            Outcome::Retry { after, reason } => {
                lane.went_badly(at, &send, *after, reason);
                self.postpone(at, &send, reason, false, policy, log);
            }
            Outcome::Ambiguous { reason } => {
                lane.went_badly(at, &send, None, reason);
                self.postpone(at, &send, reason, true, policy, log);
            }
            Outcome::Refused { reason } => self.refused(at, &send, reason, policy, log),
            Outcome::Gone { reason } => {
                lane.stopped = Some(reason.clone());
                self.say_stopped(at, &attempt.target, reason, policy, log);
            }
            Outcome::MessageGone => self.card_lost(&send, log),
        }
    }

    /// The router ended while a send was out: it may have arrived.
    pub(crate) fn interrupted(&mut self, at: Timestamp, attempt: &AttemptId, policy: &Policy, log: &mut Log) {
        let lane = self.lanes.get_mut(&attempt.target);
        match lane.and_then(|lane| lane.in_flight.take_if(|send| send.attempt == *attempt)) {
            Some(send) => {
                self.postpone(at, &send, "the router was interrupted", true, policy, log);
                self.each(&send, |telling, _, _| telling.trouble.not_before = at);
            }
            None => log.note(What::Ignored, format!("attempt {attempt} is not out")).target(&attempt.target).alerts([]),
        }
    }

    /// The telling of each group a send was about, where the group still is in that episode.
    fn each(&mut self, send: &Send, mut change: impl FnMut(&mut Telling, &About, &mut Facts)) {
        for about in &send.about {
            let Some(group) = self.groups.get_mut(&about.group).filter(|group| group.episode == about.episode) else {
                continue;
            };
            let mut facts = Facts::of(group);
            change(group.telling_mut(&send.attempt.target), about, &mut facts);
        }
    }

    fn told(&mut self, at: Timestamp, send: &Send, card: Option<Card>, log: &mut Log) {
        for about in &send.about {
            let reason = format!("attempt {}: {}", send.attempt, send.kind.in_words());
            log.note(What::Told, reason).group(&about.group).target(&send.attempt.target).alerts(about.alerts.clone());
        }
        self.each(send, |telling, about, facts| telling.note_told(at, send, about, facts, card.clone()));
    }

    fn postpone(&mut self, at: Timestamp, send: &Send, reason: &str, ambiguous: bool, policy: &Policy, log: &mut Log) {
        let well = self.lanes.get(&send.attempt.target).is_some_and(|lane| lane.failures <= 1);
        let what = if ambiguous { What::Repeats } else { What::Postponed };
        for about in &send.about {
            log.note(what, format!("attempt {}: {reason}", send.attempt))
                .group(&about.group)
                .target(&send.attempt.target)
                .alerts([]);
        }
        self.each(send, |telling, _, _| telling.trouble.note(at, send, reason, well, ambiguous));
        let target = &send.attempt.target;
        for about in &send.about {
            let telling = self.groups.get(&about.group).and_then(|group| group.telling(target));
            let first = telling.and_then(|telling| telling.trouble.first_failed);
            if first.is_some_and(|first| at.since(first) >= policy.give_up_after) {
                self.dead_letter(&about.group, target, &format!("given up, at last: {reason}"), log);
            }
        }
    }

    /// The peer will never take this. A digest is taken apart and a card stripped to its line before giving up: one
    /// bad byte must not silence the rest.
    fn refused(&mut self, at: Timestamp, send: &Send, reason: &str, policy: &Policy, log: &mut Log) {
        let target = &send.attempt.target;
        if send.about.len() <= 1 && (send.plain || send.medium == Medium::Mail) {
            return send.about.iter().for_each(|about| self.dead_letter(&about.group, target, reason, log));
        }
        let apart = send.about.len() > 1;
        self.postpone(at, send, reason, false, policy, log);
        self.each(send, |telling, _, _| {
            telling.trouble.not_before = at;
            if apart {
                telling.trouble.single = true;
            } else {
                telling.trouble.plain = true;
            }
        });
    }

    fn card_lost(&mut self, send: &Send, log: &mut Log) {
        for about in &send.about {
            log.note(What::CardLost, "someone removed the message")
                .group(&about.group)
                .target(&send.attempt.target)
                .alerts([]);
        }
        self.each(send, |telling, _, _| telling.card = None);
    }
}

/// What a telling must know of its group while it is changed.
struct Facts {
    open: bool,
    real: u64,
    peak: Severity,
}

impl Facts {
    fn of(group: &Group) -> Self {
        Self { open: group.open, real: group.real, peak: group.peak }
    }
}

impl Lane {
    fn went_well(&mut self, at: Timestamp) {
        if self.failures > 0 {
            self.recovered = Some(at);
        }
        self.failures = 0;
        self.reason = None;
        self.not_before = at;
    }

    fn went_badly(&mut self, at: Timestamp, send: &Send, after: Option<std::time::Duration>, reason: &str) {
        self.failures = self.failures.saturating_add(1);
        self.reason = Some(reason.to_owned());
        self.not_before = at.after(retry::lane_wait(self.failures, after, &send.attempt));
    }
}

impl Trouble {
    fn note(&mut self, at: Timestamp, send: &Send, reason: &str, lane_was_well: bool, ambiguous: bool) {
        self.tries = self.tries.saturating_add(1);
        self.alone = self.alone.saturating_add(u32::from(lane_was_well));
        self.first_failed.get_or_insert(at);
        self.last_failed = Some(at);
        self.reason = Some(reason.to_owned());
        self.not_before = at.after(retry::wait(send.medium, self, &send.attempt));
        self.possibly_repeated |= ambiguous && send.edits.is_none();
    }
}

impl Telling {
    fn note_told(&mut self, at: Timestamp, send: &Send, about: &About, facts: &mut Facts, card: Option<Card>) {
        self.trouble = Trouble::default();
        let full = send.shows_all();
        if full {
            self.told = self.told.max(about.revision);
        }
        let shows_end = !facts.open && about.revision >= facts.real;
        match send.kind {
            Kind::Edit => {
                if let Some(card) = &mut self.card {
                    card.touched = at;
                }
                self.over |= shows_end && facts.peak < Severity::Critical;
            }
            Kind::Over | Kind::ToldLate => self.over |= shows_end,
            Kind::Digest(Digest::Overs | Digest::Infos) => self.over |= shows_end,
            _ => {}
        }
        if send.edits.is_some() {
            return;
        }
        self.rang = self.rang.max(about.revision);
        self.told_at = Some(at);
        self.severity = self.severity.max(Some(about.severity));
        if send.medium == Medium::Mail {
            self.root.get_or_insert_with(|| send.seed.clone());
        } else if send.posts_card() {
            self.card = card;
        }
    }
}

impl Send {
    /// Whether every alert of its groups is in it. A short message names what is new; its card follows.
    fn shows_all(&self) -> bool {
        self.medium == Medium::Mail
            || self.card
            || self.edits.is_some()
            || matches!(self.kind, Kind::Digest(_) | Kind::ToldLate | Kind::Over)
    }

    /// Whether what is posted becomes the living message.
    fn posts_card(&self) -> bool {
        self.card && self.edits.is_none()
    }
}

impl State {
    /// The attempts that are out.
    pub(crate) fn in_flight(&self) -> Vec<AttemptId> {
        self.lanes.values().filter_map(|lane| lane.in_flight.as_ref().map(|send| send.attempt.clone())).collect()
    }

    /// What is known of a target.
    pub(crate) fn lane(&self, target: &TargetName) -> Option<&Lane> {
        self.lanes.get(target)
    }
}
