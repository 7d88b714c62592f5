//! What a client may not do, and that others do not suffer from it.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::*;

#[tokio::test]
async fn the_guard_judges_before_a_byte_of_the_body() {
    let server = start(Limits::default());
    // The body is announced and never sent: the refusal comes all the same.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(post("content-length: 500\r\n", "").as_bytes()).await.unwrap();
    assert!(to_end(&mut stream).await.starts_with("HTTP/1.1 401"));
    assert_eq!(server.reached(), 0);
}

#[tokio::test]
async fn a_large_body_is_refused_by_its_length_and_by_its_bytes() {
    let server = start(Limits::default());
    let body = "x".repeat(200_000);
    let told = server.exchange(&post(&format!("{GOOD}content-length: {}\r\n", body.len()), &body)).await;
    assert!(told.starts_with("HTTP/1.1 413") && told.ends_with("larger than 1000 bytes\n"), "{told}");
    let unsaid = post(&format!("{GOOD}transfer-encoding: chunked\r\n"), "");
    let chunk = format!("{unsaid}3e9\r\n{}\r\n0\r\n\r\n", &body[..1001]);
    assert!(server.exchange(&chunk).await.starts_with("HTTP/1.1 413"));
    assert_eq!(server.reached(), 0);
}

#[tokio::test]
async fn large_and_many_headers_are_answered_431() {
    let server = start(Limits::default());
    let large = get("/").replace("host: x", &format!("host: x\r\ncookie: {}", "x".repeat(16 * 1024)));
    assert!(server.exchange(&large).await.starts_with("HTTP/1.1 431"));
    let many = get("/").replace("host: x", "a: b\r\n".repeat(200).trim_end());
    assert!(server.exchange(&many).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn garbage_is_answered_400_also_behind_a_good_request() {
    let server = start(Limits::default());
    assert!(server.exchange("\x16\x03\x01\x02 TLS?\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    let both = server.exchange("GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n\0\0garbage\r\n\r\n").await;
    assert!(both.starts_with("HTTP/1.1 200") && both.contains("HTTP/1.1 400"), "{both}");
    let smuggled = post(&format!("{GOOD}content-length: 2\r\ntransfer-encoding: chunked\r\n"), "0\r\n\r\n");
    server.exchange(&smuggled).await;
    assert!(server.exchange(&get("/-/healthy")).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(Limits::default());
    let two = format!("GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n{}", get("/-/ready"));
    let answers = server.exchange(&two).await;
    let (healthy, ready) = (answers.find("healthy\n").unwrap(), answers.find("\r\n\r\nready\n").unwrap());
    assert!(healthy < ready);
}

#[tokio::test]
async fn a_thousand_silent_connections_beyond_the_cap_end_and_then_all_is_well() {
    // Debian gives 1,024 descriptors unless one asks.
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    let limits = Limits { connections: 64, header: Duration::from_millis(50), ..Limits::default() };
    let server = start(limits);
    let mut arriving = tokio::task::JoinSet::new();
    for _ in 0..1064 {
        arriving.spawn(TcpStream::connect(server.address));
    }
    let mut silent: Vec<_> = arriving.join_all().await.into_iter().flatten().collect();
    assert!(silent.len() > 1000, "{} connections", silent.len());
    // In the queue behind all of them, and answered once their time is over.
    assert!(server.exchange(&get("/-/healthy")).await.starts_with("HTTP/1.1 200"));
    assert_eq!(to_end(&mut silent[0]).await, "");
}

#[tokio::test]
async fn a_crowd_is_not_kept() {
    let server = start(Limits { connections: 4, ..Limits::default() });
    let mut kept = Vec::new();
    for number in 0..4 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut bytes = vec![0; 1024];
        let read = stream.read(&mut bytes).await.unwrap();
        let answer = String::from_utf8_lossy(&bytes[..read]).into_owned();
        let closed = answer.contains("connection: close");
        assert!(if number == 0 { !closed } else { number < 3 || closed }, "{number}: {answer}");
        kept.push(stream);
    }
}

#[tokio::test]
async fn the_end_lets_a_running_request_finish_and_frees_the_port() {
    let server = start(Limits::default());
    let mut running = TcpStream::connect(server.address).await.unwrap();
    running.write_all(post(&format!("{GOOD}content-length: 5\r\n"), "he").as_bytes()).await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).await.unwrap();
    server.end.send(()).unwrap();
    // The kept connection without a request is closed at once.
    to_end(&mut idle).await;
    running.write_all(b"llo").await.unwrap();
    assert!(to_end(&mut running).await.ends_with("hello"));
    tokio::time::timeout(PATIENCE, server.server).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let server = start(Limits { drain: Duration::from_millis(10), ..Limits::default() });
    let mut stuck = TcpStream::connect(server.address).await.unwrap();
    stuck.write_all(post(&format!("{GOOD}content-length: 5\r\n"), "he").as_bytes()).await.unwrap();
    // Only once it is being served does its end matter.
    while server.exchange(&get("/-/healthy")).await.is_empty() {}
    server.end.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server.server).await.unwrap().unwrap();
}
