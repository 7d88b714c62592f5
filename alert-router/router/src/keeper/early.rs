//! A journal that could not be read at the start may hold alerts that were acknowledged and never told.
//!
//! Until it can be read, what happens is remembered here; then the old log is replayed and this after it. Attempts are
//! left out: their numbers were given without knowing the old ones. So what was told in between is told once more,
//! and nothing is lost.

use gjallarhorn_engine::{Event, Policy, Timestamp};

use crate::core::Core;
use crate::journal::{Entry, Recalled};
use crate::serve::boot::replay;

/// The most events remembered; beyond it only the old log counts.
const MOST: usize = 10_000;

/// What happened before the journal could be read.
#[derive(Debug, Default)]
pub(super) struct Early {
    events: Vec<(Timestamp, Event)>,
}

impl Early {
    /// One more.
    pub(super) fn remember(&mut self, at: Timestamp, event: &Event) {
        let attempt = matches!(event, Event::Started { .. } | Event::Answered { .. } | Event::Interrupted { .. });
        if !attempt && self.events.len() < MOST {
            self.events.push((at, event.clone()));
        }
    }

    /// The core that follows from the old log and from what happened since, its newest number, and the ledger's rows.
    pub(super) fn join(&self, policy: Policy, recalled: &Recalled) -> (Core, u64, Vec<Entry>) {
        let (mut core, mut rows) = replay(policy, recalled);
        let mut seq = recalled.last_seq();
        let cut_off = core.unanswered().into_iter().map(|attempt| Event::Interrupted { attempt });
        let first = self.events.first().map_or(Timestamp(recalled.newest_ms), |(at, _)| *at);
        let cut_off: Vec<_> = cut_off.map(|event| (first, event)).collect();
        for (at, event) in cut_off.iter().chain(&self.events) {
            seq += 1;
            rows.extend(core.absorb(seq, *at, event));
        }
        (core, seq, rows)
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_engine::{DeliveryId, Webhook};

    use super::*;

    fn received(delivery: &str) -> Event {
        Event::Received {
            source: delivery.into(),
            delivery: DeliveryId(delivery.into()),
            webhook: Box::new(Webhook::default()),
        }
    }

    #[test]
    fn the_old_log_comes_first_and_what_happened_since_follows() {
        let mut old = Core::new(Policy::default());
        old.absorb(1, Timestamp(1), &received("old"));
        let recalled = Recalled { checkpoint: Some((1, old.checkpoint())), ..Recalled::default() };
        let mut early = Early::default();
        early.remember(Timestamp(5), &received("new"));
        let (core, seq, _) = early.join(Policy::default(), &recalled);
        assert_eq!(seq, 2);
        assert_eq!(core.senders().keys().collect::<Vec<_>>(), ["new", "old"]);
    }
}
