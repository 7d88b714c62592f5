//! The engine: one value that changes only through [`Engine::apply`].

use crate::decision::Decision;
use crate::event::Event;
use crate::names::{AttemptId, TargetName};
use crate::plan::{self, Next, Send};
use crate::policy::Policy;
use crate::render::{self, Draft, Rendered, Trouble};
use crate::state::absorb::Incoming;
use crate::state::{Log, RestoreError, State};
use crate::time::Timestamp;

/// What every target should have been told, and what it was told.
#[derive(Clone, Debug)]
pub struct Engine {
    policy: Policy,
    state: State,
}

/// How a target is doing, for metrics and pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetStatus {
    /// Things waiting to be told.
    pub waiting: usize,
    /// When the oldest of them was accepted.
    pub oldest: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure's reason while it fails, or why it was stopped.
    pub reason: Option<String>,
    /// It was stopped: nothing is sent until [`Event::Resumed`].
    pub stopped: bool,
    /// A send is out.
    pub in_flight: bool,
}

impl Engine {
    /// An engine that knows nothing yet. Apply [`Event::Clock`] at once: what began before then is "already wrong" and
    /// told gathered.
    pub fn new(policy: Policy) -> Self {
        Self { policy, state: State::default() }
    }

    /// Changes policy; groups that are open go on. A target that is new gathers what is already wrong into one message.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Lets something have happened. Deterministic and total: the same events in the same order make the same engine.
    pub fn apply(&mut self, at: Timestamp, event: &Event) -> Vec<Decision> {
        let (state, policy) = (&mut self.state, &self.policy);
        let log = &mut Log::default();
        state.open_lanes(at, policy);
        match event {
            Event::Received { source, delivery, webhook } => {
                state.absorb(&Incoming { at, source, delivery, webhook, own: None }, policy, log);
            }
            Event::Unreadable { source, delivery, reason } => {
                state.unreadable(at, source, delivery, reason, policy, log);
            }
            Event::Started { send } => state.started(send, log),
            Event::Answered { attempt, outcome } => state.answered(at, attempt, outcome, policy, log),
            Event::Interrupted { attempt } => state.interrupted(at, attempt, policy, log),
            Event::Silent { source, since } => state.sender_silent(at, source, *since, policy, log),
            Event::SenderBack { source } => state.sender_back(at, source, policy, log),
            Event::Resumed { target } => state.resume(at, target, policy, log),
            Event::Clock => state.tick(at, policy, log),
        }
        std::mem::take(log).into_decisions()
    }

    /// The most important thing `target` should be told now.
    pub fn next(&self, target: &TargetName, now: Timestamp) -> Next {
        plan::next(&self.state, &self.policy, target, now)
    }

    /// When an [`Event::Clock`] will change something; `None` while nothing waits for time to pass. A walk through all
    /// groups: ask once a second at most.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.state.wake_at(&self.policy)
    }

    /// The words of a send, within every limit of its medium. The words are of now: a group that has changed since the
    /// send was decided is shown as it is.
    pub fn render(&self, send: &Send) -> Rendered {
        self.draft(send).lay_out(send)
    }

    /// The first half of [`Engine::render`], for whoever shares the engine: the second half needs it no more, and of a
    /// digest it is the longer one.
    pub fn draft(&self, send: &Send) -> Draft {
        Draft::new(&self.state, &self.policy, send)
    }

    /// The lock-screen line of a send, as plain text.
    pub fn plain_line(&self, send: &Send) -> String {
        render::plain_line(&self.state, &self.policy, send)
    }

    /// What is wrong now, the worst first, then the oldest.
    pub fn troubles(&self) -> Vec<Trouble> {
        render::troubles(&self.state)
    }

    /// How a target is doing; `None` if it is not in the policy. A walk through all groups, as [`Engine::wake_at`].
    pub fn status(&self, target: &TargetName) -> Option<TargetStatus> {
        let lane = self.state.lane(target).filter(|_| self.policy.targets.contains_key(target))?;
        let wanted = plan::waiting(&self.state, &self.policy, target, lane);
        Some(TargetStatus {
            waiting: wanted.len(),
            oldest: wanted.into_iter().min(),
            failures: lane.failures,
            reason: lane.stopped.clone().or_else(|| lane.reason.clone()),
            stopped: lane.stopped.is_some(),
            in_flight: lane.in_flight.is_some(),
        })
    }

    /// The attempts that were started and not answered: after a restart each gets an [`Event::Interrupted`].
    pub fn in_flight(&self) -> Vec<AttemptId> {
        self.state.in_flight()
    }

    /// The whole state as bytes, for [`Engine::restore`]. The policy is not part of it.
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.append_checkpoint(&mut bytes);
        bytes
    }

    /// The same behind what `bytes` already holds: in a storm the state is megabytes, which nobody wants twice.
    pub fn append_checkpoint(&self, bytes: &mut Vec<u8>) {
        self.state.write(bytes);
    }

    /// An engine as it was at a checkpoint. Then replay the events after it, then apply [`Event::Interrupted`] for
    /// every attempt that is [`Engine::in_flight`].
    ///
    /// # Errors
    /// When the bytes are not a checkpoint of this version.
    pub fn restore(policy: Policy, checkpoint: &[u8]) -> Result<Self, RestoreError> {
        Ok(Self { policy, state: State::from_bytes(checkpoint)? })
    }
}
