//! What must not be believed: broken, oversized, slow and hostile webhooks, and who sends them.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use gjallarhorn_rig::chain::{Router, Wiring};
use gjallarhorn_rig::discord::{Limits, Message, Peer};
use gjallarhorn_rig::http;
use gjallarhorn_rig::wait::{PATIENCE, never};
use gjallarhorn_suite::webhook::{Alert, body};

fn at_once(peer: &Peer) -> Result<Router> {
    let wiring = Wiring { settle: "0s", ..Wiring::default() }.to_discord(peer);
    let mut router = Router::prepare(&wiring)?;
    router.start()?;
    Ok(router)
}

fn alert(labels: &[(&str, &str)], summary: &str) -> Alert {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Alert {
        labels: map(&[&[("alertname", "Bad"), ("instance", "odin"), ("severity", "warning")], labels].concat()),
        annotations: map(&[("summary", summary)]),
        starts_at: "2026-01-05T02:10:00Z".to_owned(),
        ends_at: None,
    }
}

fn unreadable(message: &Message) -> bool {
    message.content().contains("cannot be read")
}

#[test]
fn bytes_that_are_no_webhook_are_taken_and_told() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let broken: [&[u8]; 6] =
        [b"", b"{", b"null", b"\xff\xfe{\"alerts\":[]}", deep.as_bytes(), b"{\"alerts\":{\"a\":1}}"];
    for bytes in broken {
        let reply = router.post(bytes)?;
        assert_eq!(
            reply.status,
            200,
            "a 4xx would be sent again for ever: {:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        );
    }
    peer.wait_for_message("word of the unreadable alerts", PATIENCE, unreadable)?;
    assert_eq!(peer.tally().refused, 0);
    Ok(())
}

#[test]
fn a_body_over_the_limit_is_refused_and_told() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let mut huge = body(&[alert(&[], "odin: pool tank lost a disk, can lose 1 more")]);
    huge.resize((16 << 20) + 1, b' ');
    assert_eq!(router.post(&huge)?.status, 413);
    let told = peer.wait_for_message("word of the oversized alert", PATIENCE, unreadable)?;
    assert!(told.everything().contains("odin"), "the group is readable from the beginning: {}", told.everything());
    Ok(())
}

#[test]
fn a_wrong_token_is_refused_before_the_body_is_read() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let url = router.url("/v1/alertmanager");
    let webhook = body(&[alert(&[], "odin: nobody may say this, look")]);
    for headers in [vec![], vec![("Authorization", "Bearer wrong")], vec![("Authorization", "Basic YTpi")]] {
        assert_eq!(http::post(&url, &headers, &webhook)?.status, 401);
    }
    let mut stream = http::connect(&format!("127.0.0.1:{}", router.port))?;
    stream.write_all(
        b"POST /v1/alertmanager HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n",
    )?;
    assert_eq!(http::receive(&mut stream)?.status, 401, "answered although the body never came");
    never("a message of a stranger", Duration::from_secs(2), || peer.messages().pop())
}

#[test]
fn a_slow_body_is_cut_off_and_the_next_is_served() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let token = router.token();
    let mut slow = http::connect(&format!("127.0.0.1:{}", router.port))?;
    let head = format!(
        "POST /v1/alertmanager HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes())?;
    let mut slower = http::connect(&format!("127.0.0.1:{}", router.port))?;
    slower.write_all(b"POST /v1/al")?;
    assert_eq!(router.post(&body(&[alert(&[], "odin: a disk is slow, look at it")]))?.status, 200);
    // Either an answer of 4xx or an end without one; what counts is that it ends.
    drop(http::receive(&mut slow).map(|reply| assert!(reply.status >= 400)));
    drop(http::receive(&mut slower).map(|reply| assert!(reply.status >= 400)));
    Ok(())
}

#[test]
fn hostile_labels_ring_nobody_and_link_nowhere() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let hostile = [
        "@everyone",
        "@here",
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "<#1>",
        "<t:1:R>",
        "<:a:1>",
        "[free](https://evil.example)",
        "||hidden||",
        "`code`",
        "```\nblock",
        "**bold** __under__ ~~gone~~",
        "\u{202e}gnp.exe",
        "a\u{200b}b\u{2066}c",
        "a\nb\r\nSubject: c",
        "\u{0}nul",
        "&lt;script&gt;<script>alert(1)</script>",
    ];
    let long = "x".repeat(10_000);
    let mut alerts: Vec<Alert> = hostile
        .iter()
        .map(|text| alert(&[("pool", text), ("device", text)], &format!("odin: pool {text} is bad, look at {text}")))
        .collect();
    alerts.push(alert(&[("pool", &long)], &long));
    for one in &alerts {
        assert_eq!(router.post(&body(std::slice::from_ref(one)))?.status, 200);
    }
    peer.wait_for_message("a message", PATIENCE, |_| true)?;
    peer.wait_for_message("the last of them", PATIENCE, |message| message.everything().contains("xxxxxxxx"))?;
    for message in peer.messages() {
        for version in &message.versions {
            assert!(version.mentions.is_empty(), "{}", version.content());
            let text = version.body.to_string();
            assert!(!text.contains("](https://evil"), "{text}");
            assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{0}']), "{text}");
            assert!(!version.content().contains("@everyone") && !version.content().contains("<@"), "{text}");
        }
    }
    assert_eq!(peer.tally().refused, 0, "{:?}", peer.requests());
    Ok(())
}

#[test]
fn other_places_and_methods_are_refused() -> Result<()> {
    let peer = Peer::start(Limits::documented())?;
    let router = at_once(&peer)?;
    let bearer = format!("Bearer {}", router.token());
    let headers = [("Authorization", bearer.as_str())];
    assert_eq!(http::send("GET", &router.url("/v1/alertmanager"), &headers, b"")?.status, 405);
    assert_eq!(http::get(&router.url("/nowhere"))?.status, 404);
    assert_eq!(http::send("POST", &router.url("/v1/alertmanager/..%2f..%2fetc"), &headers, b"{}")?.status, 404);
    Ok(())
}
