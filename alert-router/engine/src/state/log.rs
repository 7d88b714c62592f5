//! Collecting decisions while an event is applied.

use crate::decision::{Decision, What};
use crate::names::{AlertKey, GroupId, TargetName};

/// The decisions of one event, in the order in which they were made.
#[derive(Default)]
pub(crate) struct Log(Vec<Decision>);

impl Log {
    /// Notes a decision; the answer is for naming what it is about.
    pub(crate) fn note(&mut self, what: What, reason: impl Into<String>) -> Entry<'_> {
        self.0.push(Decision { what, group: None, target: None, alerts: Vec::new(), reason: reason.into() });
        let last = self.0.len() - 1;
        Entry(&mut self.0[last])
    }

    pub(crate) fn into_decisions(self) -> Vec<Decision> {
        self.0
    }
}

/// A decision just noted.
pub(crate) struct Entry<'a>(&'a mut Decision);

impl Entry<'_> {
    pub(crate) fn group(self, group: &GroupId) -> Self {
        self.0.group = Some(group.clone());
        self
    }

    pub(crate) fn target(self, target: &TargetName) -> Self {
        self.0.target = Some(target.clone());
        self
    }

    pub(crate) fn alerts(self, alerts: impl IntoIterator<Item = AlertKey>) {
        self.0.alerts = alerts.into_iter().collect();
    }
}
