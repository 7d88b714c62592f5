//! What comes back, and what may be concluded when nothing does.

use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-from: peer\r\n\r\nhello";

#[tokio::test]
async fn the_request_arrives_whole_and_the_answer_comes_back() {
    let (seen, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let peer = Peer::start(move |_, mut stream| {
        let seen = seen.clone();
        async move {
            seen.send(read_request(&mut stream).await.unwrap()).unwrap();
            stream.write_all(OK.as_bytes()).await.unwrap();
        }
    })
    .await;
    let response = client(|_| ()).send(peer.plain_request()).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"hello"[..]));
    assert_eq!(response.header("x-from"), Some("peer"));
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with(&format!("POST /hook/{TOKEN}/x?key={TOKEN} HTTP/1.1\r\n")), "{request}");
    assert!(request.contains(&format!("host: {}\r\n", peer.address)), "{request}");
    assert!(request.contains("user-agent: gjallarhorn/") && request.contains(&format!("authorization: {TOKEN}")));
}

#[tokio::test]
async fn a_connection_is_kept_and_a_closed_one_is_replaced_unseen() {
    let peer = Peer::plain(OK).await;
    let client = client(|_| ());
    for _ in 0..5 {
        client.send(peer.plain_request()).await.unwrap();
    }
    assert_eq!(peer.connections(), 1);

    // Answers one request per connection and closes.
    let once = Peer::start(|_, mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(OK.as_bytes()).await;
    })
    .await;
    for _ in 0..5 {
        match client.send(once.plain_request()).await {
            Ok(response) => assert_eq!(response.status, 200),
            // The close may cross the next request on its way: honest is then that nobody knows.
            Err(error) => assert_eq!((error.kind, error.delivery()), (ErrorKind::Reset, Delivery::Ambiguous)),
        }
    }
}

#[tokio::test]
async fn an_unused_connection_is_not_kept_for_ever() {
    let peer = Peer::plain(OK).await;
    let client = client(|settings| settings.idle = Duration::ZERO);
    for _ in 0..2 {
        client.send(peer.plain_request()).await.unwrap();
    }
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn every_status_is_an_answer_and_no_redirect_is_followed() {
    for (answer, status) in [
        ("HTTP/1.1 429 Slow\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n", 429),
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", 302),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204),
        ("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", 503),
    ] {
        let peer = Peer::plain(answer).await;
        assert_eq!(client(|_| ()).send(peer.plain_request()).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn a_reset_after_the_request_is_ambiguous() {
    let peer = Peer::start(|_, mut stream| async move { drop(read_request(&mut stream).await) }).await;
    let error = failure(&client(|_| ()), peer.plain_request()).await;
    assert_eq!((error.kind, error.delivery(), error.status), (ErrorKind::Reset, Delivery::Ambiguous, None));
    assert_eq!(error.host, peer.address.to_string());
}

#[tokio::test]
async fn a_peer_that_is_not_there_got_nothing() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let request = Request::new(Method::GET, &format!("http://{free}/{TOKEN}")).unwrap();
    let error = failure(&client(|_| ()), request).await;
    assert_eq!((error.kind, error.delivery()), (ErrorKind::Connect, Delivery::NotSent));

    let request = Request::new(Method::GET, &format!("https://nowhere.invalid/{TOKEN}")).unwrap();
    let error = failure(&client(|_| ()), request).await;
    assert_eq!((error.kind, error.delivery()), (ErrorKind::Dns, Delivery::NotSent));
    assert!(error.to_string().starts_with("talk to nowhere.invalid: dns: "), "{error}");
}

#[tokio::test]
async fn a_stalled_answer_ends_at_the_deadline() {
    let hold = |answer: &'static str| {
        Peer::start(move |_, mut stream| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            read_request(&mut stream).await;
        })
    };
    let quick = client(|settings| settings.deadline = Duration::from_millis(100));
    let silent = failure(&quick, hold("").await.plain_request()).await;
    assert_eq!((silent.kind, silent.delivery(), silent.status), (ErrorKind::Timeout, Delivery::Ambiguous, None));
    let half = failure(&quick, hold("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel").await.plain_request()).await;
    assert_eq!((half.kind, half.status), (ErrorKind::Timeout, Some(200)));
}

#[tokio::test]
async fn half_an_answer_is_told_with_its_status() {
    let peer = Peer::start(|_, mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 204 Done\r\ntransfer-encoding: chunked\r\n\r\n").await;
    })
    .await;
    assert_eq!(client(|_| ()).send(peer.plain_request()).await.unwrap().status, 204);
    let peer = Peer::start(|_, mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhel").await;
    })
    .await;
    let error = failure(&client(|_| ()), peer.plain_request()).await;
    assert_eq!((error.kind, error.status), (ErrorKind::Reset, Some(200)));
}

#[tokio::test]
async fn a_huge_answer_is_not_taken() {
    let client = client(|settings| settings.body_limit = 1000);
    let said = Peer::plain("HTTP/1.1 200 OK\r\ncontent-length: 100000000000\r\n\r\nx").await;
    let unsaid = Peer::start(|_, mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 1000]).await.is_ok() {}
    })
    .await;
    for peer in [said, unsaid] {
        let error = failure(&client, peer.plain_request()).await;
        assert_eq!((error.kind, error.status), (ErrorKind::BodyTooLarge, Some(200)));
    }
}

#[tokio::test]
async fn garbage_is_no_answer() {
    for answer in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 999999 X\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let peer = Peer::plain(answer).await;
        let error = failure(&client(|_| ()), peer.plain_request()).await;
        assert_eq!((error.kind, error.delivery()), (ErrorKind::Malformed, Delivery::Ambiguous), "{answer:?}: {error}");
    }
    let endless = Peer::start(|_, mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"x-header: x\r\n").await.is_ok() {}
    })
    .await;
    failure(&client(|_| ()), endless.plain_request()).await;
}
