//! When a repeat becomes a reminder.

use super::{Group, Log};
use crate::decision::What;
use crate::names::GroupId;
use crate::policy::Severity;
use crate::time::Timestamp;
use crate::words::duration;

impl Group {
    /// Lets a sender's repeat become a reminder once the interval has passed since anyone was last told.
    ///
    /// Only the sender's fresh word makes one: an alert that was silenced meanwhile is not spoken of any more, and
    /// must not ring. A tenth of the interval is forgiven, because the repeat is timed from the sender's first send and
    /// the interval from when the person was told, a little later.
    pub(super) fn remind(&mut self, at: Timestamp, senders_reason: &str, id: &GroupId, log: &mut Log) {
        let told = self.tellings.values().filter(|telling| telling.episode == self.episode);
        let last = told.filter_map(|telling| telling.told_at).chain(self.reminded_at).max();
        let confirmed = self.firing().any(|instance| !instance.absent);
        let Some(last) = last.filter(|_| self.open && confirmed && self.severity() > Severity::Info) else { return };
        let waited = at.since(last);
        if waited < self.reminder - self.reminder / 10 {
            return;
        }
        self.soft_change(at);
        self.reminded = self.revision;
        self.reminded_at = Some(at);
        let because = if senders_reason.is_empty() { "the sender repeats it" } else { senders_reason };
        log.note(What::Reminded, format!("{} since it was last told, and {because}", duration(waited)))
            .group(id)
            .alerts([]);
    }
}
