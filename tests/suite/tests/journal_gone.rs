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

/// A router on a disk of its own, and its phone.
struct Stage {
    peer: Peer,
    router: Router,
}

impl Stage {
    /// Running, with one alert told and kept.
    fn start() -> Result<Self> {
        let peer = Peer::start(Limits::documented())?;
        let wiring = Wiring { settle: "0s", own_disk: Some("size=4m"), ..Wiring::default() };
        let mut router = Router::prepare(&wiring.to_discord(&peer))?;
        router.start()?;
        let stage = Self { peer, router };
        assert_eq!(stage.router.post(&alert("before"))?.status, 200);
        stage.told("before")?;
        Ok(stage)
    }

    fn told(&self, word: &str) -> Result<()> {
        let told = self.peer.wait_for_message(word, PATIENCE, |message| message.content().contains(word));
        told.map(drop).map_err(|error| error.context(self.router.log()))
    }

    /// The journal cannot be written: the sender hears so, the person hears the alert.
    fn refused_and_told_all_the_same(&self) -> Result<()> {
        // What still fits into the journal is acknowledged; what does not must be refused.
        let refused = until("the refusal", PATIENCE, || {
            self.router.post(&alert("during")).ok().filter(|reply| reply.status != 200)
        });
        assert_eq!(refused?.status, 503);
        self.told("during")?;
        assert_eq!(self.router.page()?.need("gjallarhorn_router_journal_up", &[])?, 0.0);
        Ok(())
    }

    /// The journal is back and the sender tries again: acknowledged, and nobody rings twice.
    fn taken_and_not_told_again(&self) -> Result<()> {
        until("the journal", PATIENCE, || self.router.post(&alert("during")).ok().filter(|reply| reply.status == 200))
            .map_err(|error| error.context(self.router.log()))?;
        assert_eq!(self.router.post(&alert("after"))?.status, 200);
        self.told("after")?;
        let messages = self.peer.messages();
        let lines: Vec<_> = messages.iter().map(|message| message.first_content().to_owned()).collect();
        assert_eq!(lines.len(), 3, "each of the three alerts once: {lines:#?}");
        assert_eq!((self.peer.tally().refused, self.peer.tally().avoidable), (0, 0));
        Ok(())
    }
}

#[test]
fn a_full_disk_is_no_reason_for_silence() -> Result<()> {
    let stage = Stage::start()?;
    stage.router.on_disk("head -c 8m /dev/zero >\"$1/filler\" 2>/dev/null; true")?;
    stage.refused_and_told_all_the_same()?;
    stage.router.on_disk("rm \"$1/filler\"")?;
    stage.taken_and_not_told_again()
}

/// A file system with open files cannot be made read-only under them, so the router meets it when it starts.
#[test]
fn a_read_only_disk_is_no_reason_for_silence() -> Result<()> {
    let mut stage = Stage::start()?;
    stage.router.kill()?;
    stage.router.on_disk("mount -o remount,ro \"$1\"")?;
    stage.peer.client_restarted();
    stage.router.start()?;
    stage.refused_and_told_all_the_same()?;
    stage.router.on_disk("mount -o remount,rw \"$1\"")?;
    stage.taken_and_not_told_again()
}
