use super::*;

/// A machine with one recorded pool.
fn recorded(name: &str, content: &[u8]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("dev/zfs")).unwrap();
    std::fs::write(root.path().join("dev/zfs").join(format!("{name}.pool_stats")), content).unwrap();
    root
}

fn ask(root: &Path, pool: &str) -> Answer {
    Answerer::new(root).answer(pool.as_bytes(), b"of the last answer".to_vec())
}

#[test]
fn a_recording_answers_like_the_kernel() {
    for name in ["tank", "pool with space", "backup-usb.1:x"] {
        let root = recorded(name, b"errno=0 cookie=2\nbytes");
        let reply = Reply { errno: 0, cookie: 2, packed: b"bytes".to_vec() };
        assert_eq!(ask(root.path(), name), Answer::Kernel(reply));
    }
}

fn kind_of(answer: &Answer) -> FailureKind {
    match answer {
        Answer::Unasked { kind, .. } => FailureKind::ALL[usize::from(*kind)],
        Answer::Kernel(reply) => panic!("the kernel answered {reply:?}"),
    }
}

#[test]
fn what_cannot_be_asked_says_why() {
    let root = recorded("tank", b"nonsense");
    assert_eq!(kind_of(&ask(root.path(), "tank")), FailureKind::Malformed);
    assert_eq!(kind_of(&ask(root.path(), "gone")), FailureKind::Absent);
    assert_eq!(kind_of(&ask(root.path(), "../zfs/tank")), FailureKind::Refused);
    assert_eq!(kind_of(&Answerer::new(root.path()).answer(b"\xff", vec![])), FailureKind::Malformed);
    let bare = tempfile::tempdir().unwrap();
    let answer = ask(bare.path(), "tank");
    assert_eq!(kind_of(&answer), FailureKind::Absent);
    assert!(matches!(answer, Answer::Unasked { why, .. } if why.contains("dev/zfs")));
}

/// Any file that is no ZFS device answers the call with an error number, and nothing is taken for a list.
#[test]
fn another_device_refuses_the_call() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("dev")).unwrap();
    std::fs::write(root.path().join("dev/zfs"), b"no device").unwrap();
    let reply = Reply { errno: nix::libc::ENOTTY, cookie: 0, packed: vec![] };
    assert_eq!(ask(root.path(), "tank"), Answer::Kernel(reply));
    let long = Reply { errno: nix::libc::ENAMETOOLONG, cookie: 0, packed: vec![] };
    assert_eq!(ask(root.path(), &"x".repeat(256)), Answer::Kernel(long));
}
