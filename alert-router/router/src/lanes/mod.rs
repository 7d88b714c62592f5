//! Lanes: one task for each target, with one message out at a time.
//!
//! A lane asks the engine what its target should be told, waits until the target's limits allow it, has the attempt
//! written, sends, and has the answer written. [`Transport`] is what differs: adding a kind of target is one file here
//! and one line in [`crate::serve::targets`].

pub mod discord;
pub mod mail;
pub mod preview;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use gjallarhorn_engine::{Event, Next, Outcome, Rendered, Send, TargetName, Timestamp};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::journal::Entry;
use crate::keeper::Desk;
use crate::record::{kind_words, outcome_words};
use crate::shared::Shared;

/// How a target is told.
pub trait Transport: std::marker::Send + 'static {
    /// How long the target's limits ask to wait before `send` may leave.
    fn wait(&self, send: &Send) -> Duration;

    /// Tells the target. Ends within a deadline of its own.
    fn tell(&mut self, send: &Send, words: Rendered) -> impl Future<Output = Told> + std::marker::Send;
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// For the engine.
    pub outcome: Outcome,
    /// Rows for the same commit: limits that a restart must not forget.
    pub rows: Vec<Entry>,
}

impl Told {
    /// An outcome without rows.
    #[must_use]
    pub fn plain(outcome: Outcome) -> Self {
        Told { outcome, rows: Vec::new() }
    }
}

/// One target's lane.
pub struct Lane<T> {
    target: TargetName,
    transport: T,
    shared: Arc<Shared>,
    desk: Desk,
}

impl<T: Transport> Lane<T> {
    /// A lane that has not begun.
    pub fn new(target: TargetName, transport: T, shared: Arc<Shared>, desk: Desk) -> Self {
        shared.metrics.expect_target(&target.0);
        Lane { target, transport, shared, desk }
    }

    /// Works until `end` turns true; a message that is out is waited for.
    pub async fn run(mut self, mut end: watch::Receiver<bool>) {
        let mut changed = self.shared.watch();
        let mut ended = end.clone();
        while !*end.borrow_and_update() {
            changed.borrow_and_update();
            let pause = match self.shared.next(&self.target) {
                Next::Send(send) => match self.transport.wait(&send) {
                    Duration::ZERO => {
                        self.tell(&send).await;
                        continue;
                    }
                    // What is most important may change meanwhile, so nothing is chosen yet.
                    wait => Pause::For(wait),
                },
                Next::WaitUntil(at) => Pause::ForOrChange(at.since(self.shared.clock.now())),
                Next::Idle => Pause::Change,
            };
            tokio::select! {
                () = pause.over(&mut changed) => {}
                () = over(&mut ended) => return,
            }
        }
    }

    async fn tell(&mut self, send: &Send) {
        let started = Event::Started { send: Box::new(send.clone()) };
        if self.desk.report(started, Vec::new()).await.is_err() {
            return;
        }
        let words = self.shared.render(send);
        let told = self.transport.tell(send, words).await;
        self.say(send, &told.outcome);
        let answered = Event::Answered { attempt: send.attempt.clone(), outcome: told.outcome };
        let _ = self.desk.report(answered, told.rows).await;
    }

    fn say(&self, send: &Send, outcome: &Outcome) {
        let (word, detail, _) = outcome_words(outcome);
        let what = kind_words(send);
        if let Outcome::Delivered { .. } = outcome {
            self.shared.metrics.told(&self.target.0, age(self.shared.clock.now(), send.since));
            info!(target_name = %self.target, what, "told");
        } else {
            warn!(target_name = %self.target, what, outcome = word, reason = detail, "not told");
        }
    }
}

fn age(now: Timestamp, since: Timestamp) -> Duration {
    now.since(since)
}

/// Why a lane waits.
enum Pause {
    For(Duration),
    ForOrChange(Duration),
    Change,
}

impl Pause {
    async fn over(self, changed: &mut watch::Receiver<u64>) {
        match self {
            Pause::For(wait) => tokio::time::sleep(wait).await,
            // A time in the past must not spin if the engine thinks otherwise.
            Pause::ForOrChange(wait) => {
                let _ = tokio::time::timeout(wait.max(Duration::from_millis(20)), changed.changed()).await;
            }
            Pause::Change => drop(changed.changed().await),
        }
    }
}

async fn over(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|end| *end).await;
}
