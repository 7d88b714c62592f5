//! Webhooks as Alertmanager 0.25 writes them, for what no real Alertmanager is needed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// An alert of a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Labels, `alertname` among them.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// RFC 3339.
    pub starts_at: String,
    /// RFC 3339; `None` while it fires.
    pub ends_at: Option<String>,
}

/// What Alertmanager writes for the end of an alert that fires.
const NEVER: &str = "0001-01-01T00:00:00Z";

impl Alert {
    /// The same alert, over.
    #[must_use]
    pub fn over(&self, ends_at: &str) -> Self {
        Self { ends_at: Some(ends_at.to_owned()), ..self.clone() }
    }

    /// Alertmanager's fingerprint: a hash of the labels. Any stable hash will do for a receiver.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let pairs = self.labels.iter().flat_map(|(name, value)| [name.as_bytes(), &[0xff], value.as_bytes(), &[0xff]]);
        let hash = pairs
            .flatten()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }

    fn json(&self) -> Value {
        json!({
            "status": if self.ends_at.is_some() { "resolved" } else { "firing" },
            "labels": self.labels, "annotations": self.annotations,
            "startsAt": self.starts_at, "endsAt": self.ends_at.as_deref().unwrap_or(NEVER),
            "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up&g0.tab=1",
            "fingerprint": self.fingerprint(),
        })
    }
}

/// The webhook for one group of alerts, grouped by `alertname` and `instance`.
#[must_use]
pub fn body(alerts: &[Alert]) -> Vec<u8> {
    let firing = alerts.iter().any(|alert| alert.ends_at.is_none());
    let group = |name: &str| alerts.first().and_then(|first| first.labels.get(name)).cloned().unwrap_or_default();
    let labels = json!({ "alertname": group("alertname"), "instance": group("instance") });
    let key = format!("{{}}:{{alertname=\"{}\", instance=\"{}\"}}", group("alertname"), group("instance"));
    let body = json!({
        "version": "4", "groupKey": key, "truncatedAlerts": 0, "status": if firing { "firing" } else { "resolved" },
        "receiver": "gjallarhorn", "groupLabels": labels, "commonLabels": labels, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093", "alerts": alerts.iter().map(Alert::json).collect::<Vec<_>>(),
    });
    body.to_string().into_bytes()
}
