//! Planted secrets must be found nowhere but in their files.

use std::path::Path;

use anyhow::Result;
use gjallarhorn_rig::chain::{Router, Wiring};
use gjallarhorn_rig::discord::{Fault, Limits, Peer};
use gjallarhorn_rig::http;
use gjallarhorn_rig::smtp::{self, Scripted};
use gjallarhorn_rig::wait::{PATIENCE, until};
use gjallarhorn_suite::webhook::{Alert, body};

fn alert(number: usize) -> Vec<u8> {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let name = format!("Secret{number}");
    body(&[Alert {
        labels: map(&[("alertname", &name), ("instance", "odin"), ("severity", "critical")]),
        annotations: map(&[("summary", "odin: pool tank DEGRADED, can lose 0 more disks. Replace it")]),
        starts_at: "2026-01-05T02:10:00Z".to_owned(),
        ends_at: None,
    }])
}

#[test]
fn no_log_metric_ledger_or_page_holds_a_secret() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let mail = Scripted::start()?;
    let wiring = Wiring { settle: "0s", mail: Some((mail.port(), None)), ..Wiring::default() };
    let mut router = Router::prepare(&wiring.to_discord(&peer))?;
    router.start()?;
    // Every way to fail prints an error of its own.
    for fault in [Fault::ServerError(502), Fault::Reset, Fault::AcceptThenGarbage, Fault::Overloaded(130_000)] {
        peer.fail_next(fault);
    }
    mail.fail_next(smtp::Fault::Greeting(421));
    mail.fail_next(smtp::Fault::Content(550));
    for number in 0..6 {
        assert_eq!(router.post(&alert(number))?.status, 200);
    }
    http::post(&router.url("/v1/alertmanager"), &[("Authorization", "Bearer planted-wrong-token-99")], b"{}")?;
    until("the faults", PATIENCE, || (peer.requests().len() >= 5).then_some(()))?;
    peer.revoke_token();
    assert_eq!(router.post(&alert(7))?.status, 200);
    until("the refusal of the token", PATIENCE, || peer.requests().into_iter().find(|one| one.status == Some(401)))?;

    let mut seen = vec![("the log".to_owned(), router.log())];
    for path in ["/metrics", "/", "/preview", "/v1/ledger?since=0", "/-/healthy", "/-/ready"] {
        seen.push((path.to_owned(), http::get(&router.url(path))?.text()));
    }
    router.terminate(PATIENCE)?;
    seen.push(("the last log".to_owned(), router.log()));
    for verb in ["check", "explain"] {
        let mut running = router.program(verb)?.start()?;
        running.ended(PATIENCE)?;
        seen.push((verb.to_owned(), running.log()));
    }
    seen.extend(journal(router.state())?);
    let token = peer.token();
    for (place, text) in seen {
        for secret in [token.as_str(), router.token(), "planted-wrong-token-99", &peer.url()] {
            assert!(!text.contains(secret), "{place} holds {secret}:\n{text}");
        }
    }
    Ok(())
}

/// Every file of the state as text.
fn journal(state: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(state)? {
        let path = entry?.path();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::fs::OpenOptions::new().read(true).open(&path)?, &mut bytes)?;
        found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    assert!(!found.is_empty(), "the router keeps a journal");
    Ok(found)
}
