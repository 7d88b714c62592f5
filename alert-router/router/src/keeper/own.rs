//! What the router itself has to say, as a webhook like any other: it is routed, told and kept the same way.

use bytes::Bytes;
use gjallarhorn_engine::{DeliveryId, Event, Labels, Limits, Timestamp, parse};
use serde_json::json;

use super::desk::Input;
use crate::ledger::times::rfc3339;

/// The sender's name of such a webhook.
const SOURCE: &str = "gjallarhorn-router";

/// The journal was damaged and begun anew: what it held is not known any more.
pub(super) fn journal_was_corrupt(now: Timestamp) -> Input {
    let labels = Labels::from([
        ("alertname".to_owned(), "RouterJournalCorrupt".to_owned()),
        ("severity".to_owned(), "warning".to_owned()),
        ("instance".to_owned(), "gjallarhorn-router".to_owned()),
    ]);
    let summary = "alert router: its journal was damaged and begun anew. Look at the disk it stands on";
    let action = "Look at the disk: `dmesg`, `smartctl -a`. The damaged file is kept as `journal.db.corrupt`.";
    let description = "What the old journal held is not known any more: an alert may be told twice, or late.";
    let alert = json!({
        "status": "firing", "labels": labels, "startsAt": rfc3339(now.0), "fingerprint": "routerjournal",
        "annotations": { "summary": summary, "action": action, "description": description },
    });
    let body = json!({ "version": "4", "groupKey": "router-journal", "status": "firing", "alerts": [alert] });
    said(now, body.to_string().into())
}

fn said(now: Timestamp, raw: Bytes) -> Input {
    let (source, delivery) = (SOURCE.to_owned(), DeliveryId(format!("own-{}", now.0)));
    let event = match parse(&raw, &Limits::default()) {
        Ok(webhook) => Event::Received { source, delivery, webhook: Box::new(webhook) },
        Err(error) => Event::Unreadable { source, delivery, reason: error.to_string() },
    };
    Input::with_bytes(event, raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_router_says_is_a_webhook_with_a_line_for_the_phone() {
        let Event::Received { webhook, .. } = journal_was_corrupt(Timestamp::from_secs(1_790_000_000)).event else {
            panic!("it can be read");
        };
        let summary = &webhook.alerts[0].annotations["summary"];
        assert!(summary.chars().count() <= 100, "{summary}");
        assert_eq!(webhook.alerts[0].starts_at, Timestamp::from_secs(1_790_000_000));
    }
}
