//! Misbehaviour on demand: in line, always, or by seeded chance.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dice::Dice;

/// What the real service has been seen to do to a webhook's sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Cloudflare in front of Discord: 429 with an HTML body and no rate-limit header, for this long.
    Cloudflare {
        /// How long it lasts.
        span: Duration,
        /// Whether it sends `Retry-After`.
        hint: bool,
    },
    /// A limit nobody documents: 429 with scope `shared` for this long, although requests remained.
    Throttle(Duration),
    /// A 5xx with an HTML body; nothing was done.
    ServerError(u16),
    /// Discord's own words for overload: 503 with this code (`40062` or `130000`).
    Overloaded(u32),
    /// Nothing was done and the connection is reset.
    Reset,
    /// The message was made, then the connection is reset: the sender cannot know.
    AcceptThenReset,
    /// Nothing was done and nothing is ever answered.
    Stall,
    /// The message was made, and nothing is ever answered.
    AcceptThenStall,
    /// The message was made, and the answer is not JSON.
    AcceptThenGarbage,
}

impl Fault {
    /// Whether the request is carried out before the fault shows.
    pub(crate) fn comes_after(self) -> bool {
        matches!(self, Self::AcceptThenReset | Self::AcceptThenStall | Self::AcceptThenGarbage)
    }
}

/// The plan of a peer's misbehaviour.
#[derive(Debug, Default)]
pub(crate) struct Script {
    queue: VecDeque<Fault>,
    always: Option<Fault>,
    chance: Option<(Dice, Vec<(u64, Fault)>)>,
}

impl Script {
    pub(crate) fn line_up(&mut self, fault: Fault) {
        self.queue.push_back(fault);
    }

    pub(crate) fn always(&mut self, fault: Option<Fault>) {
        self.always = fault;
    }

    pub(crate) fn by_chance(&mut self, seed: u64, per_mille: Vec<(u64, Fault)>) {
        self.chance = Some((Dice::new(seed), per_mille));
    }

    /// The fault the next request meets.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.queue.pop_front().or(self.always).or_else(|| {
            let (dice, faults) = self.chance.as_mut()?;
            faults.iter().find(|(per_mille, _)| dice.chance(*per_mille)).map(|(_, fault)| *fault)
        })
    }
}
