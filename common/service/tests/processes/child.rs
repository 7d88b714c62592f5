//! The child worker: asked, stuck, killed, and kept from doubling.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use gjallarhorn_service::FailureKind;
use gjallarhorn_service::child::{Bounds, Child, ChildState, serve};
use gjallarhorn_service::failure::chain;

use crate::{Fifo, Test, until};

pub(crate) const TESTS: &[Test] = &[
    ("a_question_is_answered", a_question_is_answered),
    ("the_child_holds_nothing_but_its_pipes", the_child_holds_nothing_but_its_pipes),
    ("a_killed_child_is_lost_and_stays_lost", a_killed_child_is_lost_and_stays_lost),
    ("a_stuck_child_is_not_asked_again_and_heals", a_stuck_child_is_not_asked_again_and_heals),
    ("the_child_of_a_restart_waits_for_the_older_one", the_child_of_a_restart_waits_for_the_older_one),
    ("a_lock_that_cannot_be_taken_is_no_licence", a_lock_that_cannot_be_taken_is_no_licence),
];

/// Nothing here should ever wait that long.
const LONG: Duration = Duration::from_secs(60);

/// The child's side. `open PATH` opens a FIFO, which hangs until somebody opens its other end.
pub(crate) fn worker(lock: Option<&String>) -> ExitCode {
    let outcome = serve(lock.map(Path::new), |question, _| {
        let question = std::str::from_utf8(question).unwrap();
        match question.split_once(' ').unwrap_or((question, "")) {
            ("echo", text) => text.as_bytes().to_vec(),
            ("size", bytes) => vec![b'x'; bytes.parse().unwrap()],
            ("open", path) => std::fs::OpenOptions::new().read(true).open(path).map(|_| b"opened".to_vec()).unwrap(),
            ("descriptors", _) => std::fs::read_dir("/proc/self/fd").unwrap().count().to_string().into_bytes(),
            ("environment", _) => std::env::vars().count().to_string().into_bytes(),
            _ => std::process::abort(),
        }
    });
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn start(arguments: &[&str]) -> Child {
    Child::start(arguments, Bounds { answer: 1_000_000, ..Bounds::default() }).unwrap()
}

fn a_question_is_answered() {
    let mut child = start(&["worker"]);
    assert_eq!(child.ask(b"echo hello", LONG).unwrap(), b"hello");
    assert_eq!(child.ask(b"size 1000000", LONG).unwrap().len(), 1_000_000);
    assert_eq!(child.ask(b"size 1000001", LONG).unwrap_err().kind, FailureKind::Oversized);
    assert_eq!(child.ask(b"size 0", LONG).unwrap(), b"");
    let long = child.ask(&[b'x'; 16 * 1024 + 1], LONG).unwrap_err();
    assert_eq!(chain(&long), "ask the child: oversized: a question of 16385 bytes");
    assert_eq!(child.state(), ChildState::Ready);
}

fn the_child_holds_nothing_but_its_pipes() {
    // A socket without CLOEXEC, as systemd passes it.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    nix::fcntl::fcntl(&socket, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty())).unwrap();
    let mut child = start(&["worker"]);
    // The standard three, the second handle of the pipe for answers, and the folder that is being listed.
    assert_eq!(child.ask(b"descriptors", LONG).unwrap(), b"5");
    assert_eq!(child.ask(b"environment", LONG).unwrap(), b"0");
}

fn a_killed_child_is_lost_and_stays_lost() {
    let mut child = start(&["worker"]);
    assert_eq!(child.ask(b"abort", LONG).unwrap_err().kind, FailureKind::Lost);
    let failure = child.ask(b"echo", LONG).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Lost);

    let mut idle = start(&["worker"]);
    let id = nix::unistd::Pid::from_raw(idle.id().cast_signed());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL).unwrap();
    let why = until("the end of the child is noticed", || match idle.state() {
        ChildState::Lost(why) => Some(why),
        _ => None,
    });
    assert_eq!(why, "it ended: signal: 9 (SIGKILL)");
    assert_eq!(chain(&idle.ask(b"echo", LONG).unwrap_err()), format!("ask the child: lost: {why}"));
}

fn a_stuck_child_is_not_asked_again_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = Fifo::at(folder.path().join("fifo"));
    let mut child = start(&["worker"]);
    let open = format!("open {}", fifo.path.display());
    assert_eq!(child.ask(open.as_bytes(), Duration::ZERO).unwrap_err().kind, FailureKind::Timeout);
    let ChildState::Busy(since) = child.state() else { panic!("{:?}", child.state()) };
    assert_eq!(child.ask(b"echo", LONG).unwrap_err().kind, FailureKind::Blocked);
    assert_eq!(child.state(), ChildState::Busy(since));

    let _released = fifo.release();
    until("the late answer", || (child.state() == ChildState::Ready).then_some(()));
    // The late answer was thrown away: this is the answer to this question.
    assert_eq!(child.ask(b"echo healed", LONG).unwrap(), b"healed");
}

fn the_child_of_a_restart_waits_for_the_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = Fifo::at(folder.path().join("fifo"));
    let lock = folder.path().join("lock").display().to_string();
    let mut older = start(&["worker", &lock]);
    let open = format!("open {}", fifo.path.display());
    assert_eq!(older.ask(b"echo", LONG).unwrap(), b"");
    assert_eq!(older.ask(open.as_bytes(), Duration::ZERO).unwrap_err().kind, FailureKind::Timeout);
    let id = older.id();
    // What a killed program leaves behind: its child, stuck, and its pipes closed.
    drop(older);

    let mut newer = start(&["worker", &lock]);
    let failure = newer.ask(b"echo", LONG).unwrap_err();
    let expected = format!("ask the child: blocked: process {id} of an earlier start is still stuck in the same call");
    assert_eq!(chain(&failure), expected);

    let _released = fifo.release();
    until("the older child is gone", || newer.ask(b"echo healed", LONG).ok());
}

fn a_lock_that_cannot_be_taken_is_no_licence() {
    let mut child = start(&["worker", "/nowhere/lock"]);
    let failure = child.ask(b"echo", LONG).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Lost);
}
