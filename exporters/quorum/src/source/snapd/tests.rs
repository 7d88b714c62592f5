//! A snapd that misbehaves in every way a server can.

use std::fs;
use std::os::unix::net::UnixListener;
use std::thread;

use super::*;

const GOOD: &str = "HTTP/1.0 200 OK\r\n\r\n{\"result\":{\"tracking-channel\":\"1.32/stable\"}}";

/// What one server makes of the question.
fn against(serve: impl FnOnce(UnixStream) + Send + 'static) -> Result<String, FailureKind> {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("run")).unwrap();
    let listener = UnixListener::bind(root.path().join(SOCKET)).unwrap();
    let server = thread::spawn(move || serve(listener.accept().unwrap().0));
    let told = channel(root.path(), Duration::from_millis(300));
    server.join().unwrap();
    told.map_err(|failure| failure.kind)
}

/// Reads the question and writes an answer.
fn says(answer: impl Into<Vec<u8>>) -> impl FnOnce(UnixStream) + Send + 'static {
    let answer = answer.into();
    move |mut stream| {
        let mut question = [0; QUESTION.len()];
        stream.read_exact(&mut question).unwrap();
        assert_eq!(&question[..], QUESTION);
        // Whoever has heard enough hangs up.
        let _ = stream.write_all(&answer);
    }
}

/// Waits until the other side hangs up.
fn hold(mut stream: UnixStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn the_channel_is_asked_for() {
    assert_eq!(against(says(GOOD)).unwrap(), "1.32/stable");
}

#[test]
fn every_misbehaviour_has_its_word() {
    use FailureKind::{Absent, Denied, Malformed, Oversized, Refused, Timeout};
    assert_eq!(against(says("HTTP/1.0 404 Not Found\r\n\r\n{}")), Err(Absent));
    assert_eq!(against(says("HTTP/1.0 401 Unauthorized\r\n\r\n{}")), Err(Denied));
    assert_eq!(against(says("HTTP/1.0 500 Oops\r\n\r\n{}")), Err(Refused));
    assert_eq!(against(says("garbage")), Err(Malformed));
    assert_eq!(against(says(&GOOD[..40])), Err(Malformed));
    assert_eq!(against(says(vec![b'x'; 2 * LIMIT])), Err(Oversized));
    assert_eq!(against(hold), Err(Timeout));
    let drips = |mut stream: UnixStream| {
        while stream.write_all(b"x").is_ok() {
            thread::yield_now();
        }
    };
    assert!(matches!(against(drips), Err(Timeout | Oversized)));
}

#[test]
fn without_snapd_there_is_no_channel() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(channel(root.path(), Duration::from_secs(1)).unwrap_err().kind, FailureKind::Absent);
}

/// A snapd that is stopped and takes no one on.
#[test]
fn nobody_waits_in_its_line() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("run")).unwrap();
    let path = root.path().join(SOCKET);
    let listener = UnixListener::bind(&path).unwrap();
    nix::sys::socket::listen(&listener, nix::sys::socket::Backlog::new(0).unwrap()).unwrap();
    let line: Vec<_> = (0..100).map_while(|_| connect(&path).ok()).collect();
    assert!(line.len() < 100, "the line is never full");
    assert_eq!(channel(root.path(), Duration::from_secs(60)).unwrap_err().kind, FailureKind::Timeout);
}
