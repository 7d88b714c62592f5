//! The engine: one value that changes only through [`Engine::apply`].

use crate::decision::Decision;
use crate::event::Event;
use crate::names::TargetName;
use crate::plan::{Next, Send};
use crate::policy::Policy;
use crate::render::Rendered;
use crate::time::Timestamp;

/// What every target should have been told, and what it was told.
#[derive(Clone, Debug)]
pub struct Engine {
    policy: Policy,
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
    /// The last failure's reason, while it fails.
    pub reason: Option<String>,
    /// It was stopped: nothing is sent until [`Event::Resumed`].
    pub stopped: bool,
    /// A send is out.
    pub in_flight: bool,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The bytes are not a checkpoint of this version.
    #[error("not a checkpoint of version {expected}")]
    Version {
        /// The version this engine reads.
        expected: u32,
    },
    /// The bytes are damaged.
    #[error("damaged checkpoint")]
    Damaged(#[from] serde_json::Error),
}

impl Engine {
    /// An engine that knows nothing yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy }
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
    pub fn apply(&mut self, _at: Timestamp, _event: &Event) -> Vec<Decision> {
        Vec::new()
    }

    /// The most important thing `target` should be told now.
    pub fn next(&self, _target: &TargetName, _now: Timestamp) -> Next {
        Next::Idle
    }

    /// When an [`Event::Clock`] will change something; `None` while nothing waits for time to pass.
    pub fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    /// The words of a send, within every limit of its medium.
    pub fn render(&self, _send: &Send) -> Rendered {
        Rendered::Discord(Box::default())
    }

    /// How a target is doing; `None` if it is not in the policy.
    pub fn status(&self, _target: &TargetName) -> Option<TargetStatus> {
        None
    }

    /// The whole state as bytes, for [`Engine::restore`]. The policy is not part of it.
    pub fn checkpoint(&self) -> Vec<u8> {
        Vec::new()
    }

    /// An engine as it was at a checkpoint. Then replay the events after it, then apply [`Event::Interrupted`] for
    /// every attempt that was started and not answered.
    ///
    /// # Errors
    /// When the bytes are not a checkpoint of this version.
    pub fn restore(policy: Policy, _checkpoint: &[u8]) -> Result<Self, RestoreError> {
        Ok(Self { policy })
    }
}
