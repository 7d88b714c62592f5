//! How an event stands in the journal, and how it is read back.
//!
//! A webhook is not written twice: its event is the inbox row of the same number, parsed again at the replay. Every
//! other event is JSON.

use bytes::Bytes;
use gjallarhorn_engine::{DeliveryId, Event, Kind, Limits, Outcome, Send, Timestamp, parse};

use crate::journal::Entry;
use crate::journal::entry::{AttemptRow, OutcomeRow};
use crate::journal::recall::StoredEvent;

const RECEIVED: &str = "received";

/// The rows that must be on the disk before the event counts.
#[must_use]
pub fn rows(seq: u64, at: Timestamp, event: &Event, raw: Option<&Bytes>) -> Vec<Entry> {
    let at_ms = at.0;
    let mut rows = vec![Entry::Event { seq, at_ms, kind: kind(event), body: body(event) }];
    match event {
        Event::Received { source, delivery, .. } => rows.extend(inbox(seq, at_ms, source, delivery, true, raw)),
        Event::Unreadable { source, delivery, .. } => rows.extend(inbox(seq, at_ms, source, delivery, false, raw)),
        Event::Started { send } => rows.push(Entry::Started(attempt(seq, at_ms, send))),
        Event::Answered { attempt, outcome } => {
            let (outcome, detail, remote) = outcome_words(outcome);
            let (target, number) = (attempt.target.0.clone(), attempt.number);
            rows.push(Entry::Ended(OutcomeRow { target, number, at_ms, outcome, detail, remote }));
        }
        Event::Interrupted { attempt } => {
            let (target, number) = (attempt.target.0.clone(), attempt.number);
            let detail = "the router ended before the answer came".to_owned();
            rows.push(Entry::Ended(OutcomeRow { target, number, at_ms, outcome: "interrupted", detail, remote: None }));
        }
        _ => {}
    }
    rows
}

/// Reads an event back. `None` if the row cannot be understood any more.
#[must_use]
pub fn read(stored: &StoredEvent, limits: &Limits) -> Option<Event> {
    if stored.kind != RECEIVED {
        return serde_json::from_slice(&stored.body).ok();
    }
    let inbox = stored.inbox.as_ref()?;
    let webhook = Box::new(parse(&inbox.raw, limits).ok()?);
    Some(Event::Received { source: inbox.source.clone(), delivery: DeliveryId(inbox.delivery.clone()), webhook })
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Received { .. } => RECEIVED,
        Event::Unreadable { .. } => "unreadable",
        Event::Started { .. } => "started",
        Event::Answered { .. } => "answered",
        Event::Interrupted { .. } => "interrupted",
        Event::Silent { .. } => "silent",
        Event::SenderBack { .. } => "sender-back",
        Event::Resumed { .. } => "resumed",
        Event::Clock => "clock",
    }
}

/// Serialising an event cannot fail: it holds no map with keys that are no strings, and no writer that could.
fn body(event: &Event) -> Vec<u8> {
    match event {
        Event::Received { .. } => Vec::new(),
        other => serde_json::to_vec(other).unwrap_or_default(),
    }
}

fn inbox(
    seq: u64,
    at_ms: i64,
    source: &str,
    delivery: &DeliveryId,
    readable: bool,
    raw: Option<&Bytes>,
) -> Option<Entry> {
    let raw = raw?.to_vec();
    Some(Entry::Inbox { seq, delivery: delivery.0.clone(), at_ms, source: source.to_owned(), readable, raw })
}

fn attempt(seq: u64, at_ms: i64, send: &Send) -> AttemptRow {
    AttemptRow {
        seq,
        target: send.attempt.target.0.clone(),
        number: send.attempt.number,
        groups: send.about.iter().map(|about| about.group.0.clone()).collect(),
        what: kind_words(send).to_owned(),
        at_ms,
    }
}

/// What a send is, in words for the ledger.
#[must_use]
pub fn kind_words(send: &Send) -> &'static str {
    match send.kind {
        Kind::Fire => "new message",
        Kind::Rise => "new message: it became worse",
        Kind::Join => "new message: a critical alert joined",
        Kind::Reminder => "reminder",
        Kind::Edit => "edit",
        Kind::Card => "the card again",
        Kind::Over => "new message: it is over",
        Kind::ToldLate => "new message: told late",
        Kind::Digest(_) => "digest",
    }
}

/// The word of an outcome, its details, and the message's id at the peer.
#[must_use]
pub fn outcome_words(outcome: &Outcome) -> (&'static str, String, Option<String>) {
    match outcome {
        Outcome::Delivered { remote_id, .. } => ("delivered", String::new(), remote_id.clone()),
        Outcome::Refused { reason } => ("refused", reason.clone(), None),
        Outcome::Retry { after: Some(after), reason } => {
            ("retry", format!("{reason}, again in {} s", after.as_secs()), None)
        }
        Outcome::Retry { after: None, reason } => ("retry", reason.clone(), None),
        Outcome::Gone { reason } => ("gone", reason.clone(), None),
        Outcome::MessageGone => ("message-gone", "the message to edit is gone".into(), None),
        Outcome::Ambiguous { reason } => ("ambiguous", reason.clone(), None),
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_engine::{AttemptId, TargetName};

    use super::*;
    use crate::journal::recall::StoredInbox;

    fn stored(rows: &[Entry], inbox: Option<StoredInbox>) -> StoredEvent {
        let Some(Entry::Event { seq, at_ms, kind, body }) = rows.first() else { panic!("an event comes first") };
        StoredEvent { seq: *seq, at_ms: *at_ms, kind: (*kind).into(), body: body.clone(), inbox }
    }

    #[test]
    fn events_come_back_as_they_were() {
        let attempt = AttemptId { target: TargetName("phone".into()), number: 3 };
        let delivered = Outcome::Delivered { remote_id: Some("1".into()), link: None };
        let events = [
            Event::Answered { attempt: attempt.clone(), outcome: delivered },
            Event::Interrupted { attempt },
            Event::Silent { source: "am".into(), since: Timestamp(5) },
            Event::Clock,
        ];
        for event in events {
            let rows = rows(1, Timestamp(9), &event, None);
            assert_eq!(read(&stored(&rows, None), &Limits::default()), Some(event));
        }
    }

    #[test]
    fn a_webhook_comes_back_from_its_bytes() {
        let raw = Bytes::from_static(br#"{"version":"4","groupKey":"k","alerts":[]}"#);
        let webhook = Box::new(parse(&raw, &Limits::default()).expect("parses"));
        let event = Event::Received { source: "am".into(), delivery: DeliveryId("d".into()), webhook };
        let rows = rows(1, Timestamp(9), &event, Some(&raw));
        assert_eq!(rows.len(), 2);
        let inbox = StoredInbox { delivery: "d".into(), source: "am".into(), raw: raw.to_vec() };
        assert_eq!(read(&stored(&rows, Some(inbox)), &Limits::default()), Some(event));
        assert_eq!(read(&stored(&rows, None), &Limits::default()), None, "its bytes are gone");
    }
}
