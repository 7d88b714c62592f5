//! Looking anew when somebody asks: a promise is not made on a look that is older than the question.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use gjallarhorn_service::Timestamp;
use gjallarhorn_service::role::Nudge;
use tokio::sync::watch;

use super::lock;

/// A look of this age is as good as a new one; so questions cannot make more than one round a second.
const YOUNG: Duration = Duration::from_secs(1);
/// Longer than a round takes even if members are silent, and shorter than whoever asks waits. After it the question is answered from what is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// The polls that a promise needs, and when the last round of each began that has ended.
#[derive(Debug)]
pub(super) struct Rounds {
    ended: Mutex<BTreeMap<&'static str, Timestamp>>,
    nudges: BTreeMap<&'static str, Nudge>,
    news: watch::Sender<()>,
}

impl Rounds {
    /// Of these polls.
    pub(super) fn of(sources: &[&'static str]) -> Rounds {
        let nudges = sources.iter().map(|source| (*source, Nudge::default())).collect();
        Rounds { ended: Mutex::default(), nudges, news: watch::Sender::new(()) }
    }

    /// Asks a poll for a round before its time.
    pub(super) fn nudge(&self, source: &str) -> Nudge {
        self.nudges.get(source).cloned().unwrap_or_default()
    }

    /// A round has ended, well or not.
    pub(super) fn ended(&self, source: &'static str, began: Timestamp) {
        lock(&self.ended).insert(source, began);
        self.news.send_replace(());
    }

    /// Waits until every poll has looked since a moment before `asked`; not for ever.
    pub(super) async fn anew(&self, asked: Timestamp) {
        let mut news = self.news.subscribe();
        if self.old(asked).is_empty() {
            return;
        }
        let waiting = async {
            loop {
                let old = self.old(asked);
                if old.is_empty() {
                    return;
                }
                // One that was at work when it was nudged may have looked too early.
                old.iter().for_each(|source| self.nudge(source).give());
                if news.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, waiting).await;
    }

    fn old(&self, asked: Timestamp) -> Vec<&'static str> {
        let ended = lock(&self.ended);
        let young = |source: &&str| ended.get(*source).is_some_and(|began| asked.since(*began) <= YOUNG);
        self.nudges.keys().copied().filter(|source| !young(source)).collect()
    }
}
