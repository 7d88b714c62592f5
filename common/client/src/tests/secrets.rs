//! Nothing that can be printed shows a secret. [`failure`] checks it for every failed exchange of the other tests too.

use super::*;

#[test]
fn a_request_that_cannot_be_built_does_not_repeat_its_parts() {
    let told = |outcome: Result<Request, Error>| {
        let error = outcome.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
        assert_eq!((error.kind, error.delivery()), (ErrorKind::Unusable, Delivery::NotSent));
    };
    told(Request::new(Method::GET, &format!("https://peer/{TOKEN} with space")));
    told(Request::new(Method::GET, &format!("/{TOKEN}")));
    told(Request::new(Method::GET, &format!("file:///{TOKEN}")));
    told(Request::new(Method::GET, &format!("https://{TOKEN}@peer/")));
    let request = Request::new(Method::GET, "https://peer/").unwrap();
    told(request.clone().header("authorization", &format!("{TOKEN}\n")));
    told(request.header(&format!("{TOKEN}\n"), "x"));
}

#[tokio::test]
async fn requests_and_answers_show_their_outside() {
    let peer =
        Peer::plain("HTTP/1.1 200 OK\r\ncontent-length: 18\r\nx: planted-token-8391\r\n\r\nplanted-token-8391").await;
    let request = peer.plain_request();
    assert_eq!(format!("{request:?}"), r#"Request { method: POST, host: "127.0.0.1", .. }"#);
    let response = client(|_| ()).send(request).await.unwrap();
    assert_eq!(response.body, TOKEN);
    assert_eq!(format!("{response:?}"), "Response { status: 200, bytes: 18, .. }");
}
