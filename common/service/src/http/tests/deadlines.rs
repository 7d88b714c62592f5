//! Slow clients, in paused time: what takes minutes here takes none.

use tokio::time::Instant;

use super::*;

fn limits() -> Limits {
    Limits { header: Duration::from_secs(10), idle: Duration::from_secs(120), ..Limits::default() }
}

/// Sends one byte each second until the server has had enough; gives what it answered and how long it took.
async fn dribble(mut stream: tokio::io::DuplexStream, first: &str, then: &str) -> (String, Duration) {
    let begun = Instant::now();
    stream.write_all(first.as_bytes()).await.unwrap();
    for byte in then.bytes().cycle() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn dribbled_headers_are_cut_at_the_header_deadline() {
    let (answer, took) = dribble(pipe(limits()), "GET / HTTP/1.1\r\n", "x: y\r\n").await;
    assert_eq!(answer, "");
    assert!(took >= Duration::from_secs(10) && took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dribbled_body_is_answered_408_at_the_body_deadline() {
    let head = format!("POST /in HTTP/1.1\r\nhost: x\r\n{GOOD}content-length: 900\r\n\r\n");
    let (answer, took) = dribble(pipe(limits()), &head, "x").await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("connection: close"), "{answer}");
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_may_rest_longer_than_headers_may_take() {
    let mut stream = pipe(limits());
    let begun = Instant::now();
    for rest in [0, 60, 110] {
        tokio::time::sleep(Duration::from_secs(rest)).await;
        stream.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].ends_with(b"healthy\n"), "after {rest} s");
    }
    to_end(&mut stream).await;
    assert!(begun.elapsed() >= Duration::from_secs(170 + 120), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_second_request_may_not_dribble_either() {
    let mut stream = pipe(limits());
    stream.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 1024];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(read > 0);
    let (rest, took) = dribble(stream, "GET /", "a").await;
    assert_eq!(rest, "");
    assert!(took < Duration::from_secs(13), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn half_a_pipelined_head_is_cut_too() {
    let mut stream = pipe(limits());
    stream.write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\nGET / HT").await.unwrap();
    to_end(&mut stream).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_given_up() {
    // Only the answer's own deadline may end it.
    let mut stream = pipe(Limits { idle: Duration::from_secs(1_000_000), ..limits() });
    let begun = Instant::now();
    stream.write_all(get("/metrics").as_bytes()).await.unwrap();
    // Sixteen kilobytes through a pipe of one, a byte each second.
    let mut byte = [0];
    while stream.read(&mut byte).await.is_ok_and(|read| read > 0) && begun.elapsed() < Duration::from_secs(5000) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // What is in the pipe can still be read; the rest of the page never comes.
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(2000), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_answered_503() {
    let (mut ours, theirs) = tokio::io::duplex(1024);
    let site = Site::new(ABOUT).route(Route::get("/hang", |_| std::future::pending()));
    let desk = Arc::new(desk::Desk::new(site, limits()));
    let (_never, ended) = tokio::sync::watch::channel(false);
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    tokio::spawn(async move { connection::serve(theirs, peer, desk, ended).await });
    ours.write_all(get("/hang").as_bytes()).await.unwrap();
    assert!(to_end(&mut ours).await.starts_with("HTTP/1.1 503"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_body_is_taken_and_thrown_away_so_that_the_refusal_is_read() {
    let mut stream = pipe(limits());
    let body = "x".repeat(100_000);
    let request = format!("POST /in HTTP/1.1\r\nhost: x\r\n{GOOD}content-length: {}\r\n\r\n{body}", body.len());
    // Through a pipe of one kilobyte: this ends only if the server keeps reading.
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(to_end(&mut stream).await.starts_with("HTTP/1.1 413"));
}
