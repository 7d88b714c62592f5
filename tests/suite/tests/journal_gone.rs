//! The disk under the router's journal fills up or turns read-only: the sender hears 503, the person hears the alert.

use anyhow::Result;
use gjallarhorn_rig::chain::{Router, Wiring};
use gjallarhorn_rig::discord::{Limits, Peer};
use gjallarhorn_rig::wait::{PATIENCE, until};
use gjallarhorn_suite::webhook::{Alert, body};

/// An alert with a word in it that no other has.
fn alert(word: &str) -> Vec<u8> {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    body(&[Alert {
        labels: map(&[("alertname", "DiskGone"), ("instance", word), ("severity", "critical")]),
        annotations: map(&[(
            "summary",
            &format!("{word}: pool tank SUSPENDED, all writes stopped. Look at its cables"),
        )]),
        starts_at: "2026-01-05T02:10:00Z".to_owned(),
        ends_at: None,
    }])
}

/// Takes the disk away with `spoil`, hands an alert in, gives the disk back with `mend`, and hands it in again.
fn spoiled(spoil: &str, mend: &str) -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let wiring = Wiring { settle: "0s", own_disk: Some("4m"), ..Wiring::default() };
    let mut router = Router::prepare(&wiring.to_discord(&peer))?;
    router.start()?;
    assert_eq!(router.post(&alert("before"))?.status, 200);
    peer.wait_for_message("the alert before", PATIENCE, |message| message.content().contains("before"))?;

    router.on_disk(spoil)?;
    let refused = until("the refusal", PATIENCE, || {
        // What still fits into the journal is acknowledged; what does not must be refused.
        router.post(&alert("during")).ok().filter(|reply| reply.status != 200)
    });
    assert_eq!(refused?.status, 503);
    let told = |word: &'static str| {
        peer.messages().into_iter().filter(move |message| message.first_content().contains(word)).count()
    };
    peer.wait_for_message("the alert all the same", PATIENCE, |message| message.content().contains("during"))
        .map_err(|error| error.context(router.log()))?;
    assert_eq!(router.page()?.need("gjallarhorn_router_journal_up", &[])?, 0.0);

    router.on_disk(mend)?;
    until("the journal", PATIENCE, || router.post(&alert("during")).ok().filter(|reply| reply.status == 200))?;
    until("the end of all sends", PATIENCE, || {
        (router.page().ok()?.value("gjallarhorn_router_queue_depth", &["phone"])? == 0.0).then_some(())
    })?;
    assert_eq!((told("before"), told("during")), (1, 1), "{:?}", peer.messages());
    assert_eq!(router.post(&alert("after"))?.status, 200);
    peer.wait_for_message("the alert after", PATIENCE, |message| message.content().contains("after"))?;
    assert_eq!((peer.tally().refused, peer.tally().avoidable), (0, 0));
    Ok(())
}

#[test]
fn a_full_disk_is_no_reason_for_silence() -> Result<()> {
    spoiled("head -c 8m /dev/zero >\"$1/filler\" 2>/dev/null; true", "rm \"$1/filler\"")
}

#[test]
fn a_disk_turned_read_only_is_no_reason_for_silence() -> Result<()> {
    spoiled("mount -o remount,ro \"$1\"", "mount -o remount,rw \"$1\"")
}
