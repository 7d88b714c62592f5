//! Reading what Alertmanager (0.25 to 0.34) and Grafana send.
//!
//! Start at [`parse()`]. The model here is what the rest of the engine knows of a sender; the bytes' shape stays in
//! `wire`. Nothing is judged here: what an alert means for a person is the state's business.

mod error;
mod parse;
mod receiver;
mod rfc3339;
#[cfg(test)]
mod tests;
mod trim;
mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

pub use error::ParseError;
pub use parse::parse;

/// Names and values of labels or annotations, sorted.
pub type Labels = BTreeMap<String, String>;

/// One notification of one group of alerts. What the sender left out is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The sender's name of the group; changes when its route tree is edited.
    pub group_key: String,
    /// The receiver's name as configured at the sender.
    pub receiver: String,
    /// What the sender calls the group as a whole. Not trusted: see `truncated_alerts`.
    pub status: Status,
    /// How many alerts the sender left out (`max_alerts`).
    pub truncated_alerts: u64,
    /// The labels the group is grouped by.
    pub group_labels: Labels,
    /// Labels all alerts have.
    pub common_labels: Labels,
    /// Annotations all alerts have.
    pub common_annotations: Labels,
    /// Labels of the route (Alertmanager ≥ 0.34).
    pub route_labels: Labels,
    /// The sender's own address, for the silence link.
    pub external_url: String,
    /// Why it was sent, in the sender's words (Alertmanager ≥ 0.32).
    pub notification_reason: String,
    /// The alerts.
    pub alerts: Vec<Alert>,
}

/// One alert in a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Whether it fires.
    pub status: Status,
    /// Its labels, hostile until escaped.
    pub labels: Labels,
    /// Its annotations, hostile until escaped.
    pub annotations: Labels,
    /// When it began.
    pub starts_at: Timestamp,
    /// When it ended; `None` while it fires.
    pub ends_at: Option<Timestamp>,
    /// Where the expression can be looked at.
    pub generator_url: String,
    /// The sender's hash of the labels; computed from the labels when the sender has none.
    pub fingerprint: String,
    /// A dashboard of the alert (Grafana).
    pub dashboard_url: String,
    /// A prepared silence (Grafana).
    pub silence_url: String,
    /// The value that fired, in the sender's words (Grafana's `valueString`).
    pub value: String,
}

/// Whether an alert, or a group as a whole, fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It fires. Also the reading of a status the engine does not know: a missed end is better than a missed start.
    #[default]
    Firing,
    /// It is over.
    Resolved,
}

/// How much of a webhook is read. Beyond `alerts` they are counted as truncated; everything else is refused or cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the body.
    pub bytes: usize,
    /// Nesting of arrays and objects.
    pub depth: usize,
    /// Alerts of one webhook.
    pub alerts: usize,
    /// Labels, and annotations, of one alert.
    pub labels: usize,
    /// Bytes of a label's name.
    pub name: usize,
    /// Bytes of a label's value, of an annotation, of a URL.
    pub value: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 32, alerts: 20_000, labels: 64, name: 256, value: 16 << 10 }
    }
}
