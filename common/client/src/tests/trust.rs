//! Who is spoken to, and who is not.

use super::*;

const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A TLS peer that behaves, once the handshake is done.
async fn tls_peer(acceptor: TlsAcceptor) -> Peer {
    Peer::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                answer_all(&mut stream, OK).await;
            }
        }
    })
    .await
}

fn trusting(authority: &Authority) -> Client {
    let pem = authority.pem();
    client(|settings| settings.extra_roots = Some(pem))
}

#[tokio::test]
async fn a_peer_with_a_good_certificate_is_spoken_to_over_one_connection() {
    let authority = Authority::new();
    let peer = tls_peer(authority.acceptor("localhost", |_| ())).await;
    let client = trusting(&authority);
    for _ in 0..3 {
        assert_eq!(client.send(peer.request("https", "localhost")).await.unwrap().status, 204);
    }
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_certificate_for_an_address_is_good_for_it() {
    let authority = Authority::new();
    let peer = tls_peer(authority.acceptor("127.0.0.1", |_| ())).await;
    assert_eq!(trusting(&authority).send(peer.request("https", "127.0.0.1")).await.unwrap().status, 204);
}

#[tokio::test]
async fn wrong_name_expired_and_untrusted_are_refused_before_anything_is_sent() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    };
    for (acceptor, client, words) in [
        (authority.acceptor("elsewhere.example", |_| ()), trusting(&authority), "not valid for name"),
        (authority.acceptor("localhost", expired), trusting(&authority), "expired"),
        (authority.acceptor("localhost", |_| ()), client(|_| ()), "UnknownIssuer"),
        // An authority that has the same name and is another.
        (authority.acceptor("localhost", |_| ()), trusting(&Authority::new()), "BadSignature"),
    ] {
        let peer = tls_peer(acceptor).await;
        let error = failure(&client, peer.request("https", "localhost")).await;
        assert_eq!((error.kind, error.delivery()), (ErrorKind::Tls, Delivery::NotSent), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_peer_without_tls_or_without_a_word_got_nothing() {
    let plain = Peer::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let error = failure(&client(|_| ()), plain.request("https", "localhost")).await;
    assert_eq!(error.delivery(), Delivery::NotSent, "{error}");

    let silent = Peer::start(|_, mut stream| async move { drop(read_request(&mut stream).await) }).await;
    let quick = client(|settings| settings.deadline = Duration::from_millis(100));
    let error = failure(&quick, silent.request("https", "localhost")).await;
    assert_eq!((error.kind, error.stage, error.delivery()), (ErrorKind::Timeout, Stage::Handshake, Delivery::NotSent));
}

#[tokio::test]
async fn http_is_for_this_machine_and_only_if_allowed() {
    let peer = Peer::plain(OK).await;
    let error = failure(&client(|settings| settings.plain_loopback = false), peer.plain_request()).await;
    assert_eq!((error.kind, error.delivery()), (ErrorKind::Unusable, Delivery::NotSent));
    for elsewhere in ["192.0.2.1", "[2001:db8::1]"] {
        let error = failure(&client(|_| ()), peer.request("http", elsewhere)).await;
        assert_eq!((error.kind, error.delivery()), (ErrorKind::Unusable, Delivery::NotSent), "{error}");
    }
    assert_eq!(peer.connections(), 0);
    assert_eq!(client(|_| ()).send(peer.request("http", "localhost")).await.unwrap().status, 204);
}

#[tokio::test]
async fn http_goes_elsewhere_where_nothing_is_secret() {
    let peer = Peer::plain(OK).await;
    let open = client(|settings| {
        settings.plain_anywhere = true;
        settings.deadline = Duration::from_millis(100);
    });
    let error = failure(&open, peer.request("http", "192.0.2.1")).await;
    assert_ne!(error.kind, ErrorKind::Unusable, "{error}");
}

#[test]
fn roots_that_are_none_are_told_at_the_start() {
    let settings = |pem: &[u8]| Settings { extra_roots: Some(pem.to_vec()), ..Settings::default() };
    let told = |pem: &[u8]| Client::new(settings(pem)).unwrap_err().to_string();
    assert_eq!(told(b""), "unusable: the extra roots hold no certificate");
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(told(broken).starts_with("unusable: an extra root: "), "{}", told(broken));
}
