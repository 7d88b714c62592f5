//! What is answered to whom.

use std::io::Read as _;

use super::*;

#[tokio::test]
async fn every_program_has_its_pages() {
    let server = start(Limits::default());
    assert!(server.exchange(&get("/-/healthy")).await.starts_with("HTTP/1.1 200 OK"));
    assert!(server.exchange(&get("/-/ready")).await.ends_with("ready\n"));
    let metrics = server.exchange(&get("/metrics")).await;
    assert!(metrics.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{metrics}");
    assert!(metrics.contains("content-length: 16000\r\n"));
    assert!(server.exchange(&get("/nothing")).await.starts_with("HTTP/1.1 404"));
    assert!(server.exchange(&get("/metrics/x")).await.starts_with("HTTP/1.1 404"));
    assert!(server.exchange(&get("/in/x")).await.starts_with("HTTP/1.1 405"));
    assert!(server.exchange(&get("/inx")).await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn the_landing_page_runs_nothing_and_escapes() {
    let server = start(Limits::default());
    let page = server.exchange(&get("/")).await;
    assert!(page.contains("content-security-policy: default-src 'none'; style-src 'unsafe-inline'"), "{page}");
    assert!(page.contains("Serves &lt;tests&gt;.") && page.contains("<a href=\"/in\"><b>/in</b>"));
    assert!(page.contains("name=\"viewport\""));
}

#[tokio::test]
async fn not_ready_says_why() {
    let listeners = Listeners::bind(&["127.0.0.1:0".into()]).unwrap();
    let mut running = start(Limits::default());
    running.address = listeners.addresses()[0];
    let site = Site::new(ABOUT).ready(Arc::new(|| Err("2 polls".into())));
    tokio::spawn(Server::new(site, listeners, Limits::default()).run(std::future::pending()));
    let answer = running.exchange(&get("/-/ready")).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("not ready: 2 polls\n"), "{answer}");
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let server = start(Limits::default());
    let answer = server.exchange(&get("/metrics").replace("GET", "HEAD")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("content-length: 16000\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"));
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let server = start(Limits::default());
    let answer = server.exchange(&get("/metrics").replace("GET", "DELETE")).await;
    assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("allow: GET\r\n"), "{answer}");
    assert!(server.exchange(&get("/in")).await.contains("allow: POST\r\n"));
}

#[tokio::test]
async fn gzip_is_given_to_who_asks_and_reads_back_the_same() {
    let server = start(Limits::default());
    let asks = |coding: &str| get("/metrics").replace("\r\n\r\n", &format!("\r\naccept-encoding: {coding}\r\n\r\n"));
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(asks("deflate, gzip;q=0.5").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    assert!(String::from_utf8_lossy(&answer[..head]).contains("content-encoding: gzip"));
    let mut page = String::new();
    flate2::read::GzDecoder::new(&answer[head + 4..]).read_to_string(&mut page).unwrap();
    assert_eq!(page, "a 1\n".repeat(4000));
    for refused in ["gzip;q=0", "br", "gzip; q=0.000"] {
        assert!(!server.exchange(&asks(refused)).await.contains("content-encoding"), "{refused}");
    }
}

#[tokio::test]
async fn a_body_reaches_its_handler() {
    let server = start(Limits::default());
    let answer = server.exchange(&post(&format!("{GOOD}content-length: 5\r\n"), "hello")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("hello"), "{answer}");
    let chunked =
        server.exchange(&post(&format!("{GOOD}transfer-encoding: chunked\r\n"), "2\r\nhi\r\n0\r\n\r\n")).await;
    assert!(chunked.ends_with("hi"), "{chunked}");
}

#[tokio::test]
async fn another_sites_page_cannot_post() {
    let server = start(Limits::default());
    let headers = format!("{GOOD}sec-fetch-site: cross-site\r\ncontent-length: 5\r\n");
    assert!(server.exchange(&post(&headers, "hello")).await.starts_with("HTTP/1.1 403"));
    assert_eq!(server.reached(), 0);
}

#[tokio::test]
async fn several_addresses_of_both_families() {
    let listeners = Listeners::bind(&["127.0.0.1:0".into(), "[::1]:0".into(), ":0".into()]).unwrap();
    let addresses = listeners.addresses();
    tokio::spawn(Server::new(Site::new(ABOUT), listeners, Limits::default()).run(std::future::pending()));
    let everywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, addresses[2].port()));
    for address in [addresses[0], addresses[1], everywhere] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(get("/-/healthy").as_bytes()).await.unwrap();
        assert!(to_end(&mut stream).await.starts_with("HTTP/1.1 200"), "{address}");
    }
}

#[test]
fn an_address_that_is_none_or_is_taken_is_told() {
    let failure = Listeners::bind(&["127.0.0.1".into()]).unwrap_err();
    assert_eq!(failure.to_string(), "listen on 127.0.0.1: malformed");
    let taken = Listeners::bind(&["127.0.0.1:0".into()]).unwrap();
    let failure = Listeners::bind(&[taken.addresses()[0].to_string()]).unwrap_err();
    assert_eq!(failure.kind, crate::FailureKind::Refused);
}
