//! The same peer over real sockets: forms, resets, TLS.

use super::*;
use crate::http;
use crate::wait::PATIENCE;

#[test]
fn files_come_along_and_leave_when_an_edit_does_not_list_them() {
    let peer = Peer::start(Limits::documented()).unwrap();
    let form = "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"x\"}\r\n--b\r\n\
        Content-Disposition: form-data; name=\"files[0]\"; filename=\"all.txt\"\r\n\r\nfull list\r\n--b--\r\n";
    let kind = [("Content-Type", "multipart/form-data; boundary=b")];
    let reply = http::send("POST", &format!("{}?wait=true", peer.url()), &kind, form.as_bytes()).unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    let message =
        peer.wait_for_message("the message", PATIENCE, |message| message.everything().contains("full list")).unwrap();
    let url = format!("{}/messages/{}", peer.url(), message.id);
    let json = [("Content-Type", "application/json")];
    http::send("PATCH", &url, &json, br#"{"content":"y","attachments":[]}"#).unwrap();
    assert!(peer.messages()[0].versions[1].files.is_empty());
}

#[test]
fn over_sockets_a_reset_is_a_reset_and_an_answer_an_answer() {
    let peer = Peer::start(Limits::documented()).unwrap();
    let reply = http::post(&format!("{}?wait=true", peer.url()), &[], br#"{"content":"hello"}"#).unwrap();
    assert_eq!((reply.status, reply.header("x-ratelimit-limit")), (200, Some("5")));
    peer.fail_next(Fault::AcceptThenReset);
    assert!(http::post(&peer.url(), &[], br#"{"content":"second"}"#).is_err());
    assert_eq!(peer.messages().len(), 2);
    peer.fail_all(Some(Fault::ServerError(502)));
    assert_eq!(http::post(&peer.url(), &[], br#"{"content":"third"}"#).unwrap().status, 502);
    peer.fail_all(None);
    assert_eq!(http::post(&peer.url(), &[], br#"{"content":"third"}"#).unwrap().status, 204);
}

#[test]
fn tls_is_spoken_to_who_trusts_the_authority() {
    let peer = Peer::start(Limits::documented()).unwrap();
    assert!(peer.tls_url().starts_with("https://localhost:"));
    assert!(shake_hands(&peer, peer.ca_pem()).is_ok());
    let other = Peer::start(Limits::documented()).unwrap();
    assert!(shake_hands(&peer, other.ca_pem()).is_err());
}

fn shake_hands(peer: &Peer, authority: &str) -> std::io::Result<()> {
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let builder =
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = builder.unwrap().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(peer.server.secure).await.unwrap();
        connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.map(drop)
    })
}
