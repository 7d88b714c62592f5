#![expect(clippy::disallowed_methods, reason = "tests read their own small files")]

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::entry::{AlertRow, AttemptRow, OutcomeRow};
use super::recall::StoredInbox;
use super::retention::Keep;
use super::*;

fn event(seq: u64) -> Entry {
    Entry::Event { seq, at_ms: 1_000 + seq as i64, kind: "received", body: vec![] }
}

fn inbox(seq: u64) -> Entry {
    let raw = format!("{{\"n\":{seq}}}").into_bytes();
    Entry::Inbox {
        seq,
        delivery: format!("d{seq}"),
        at_ms: 1_000 + seq as i64,
        source: "am".into(),
        readable: true,
        raw,
    }
}

fn alert(seq: u64) -> Entry {
    let (fingerprint, name) = (format!("f{}", seq % 3), "PoolGone".to_owned());
    Entry::Alert(AlertRow { seq, fingerprint, name, n: 0, at_ms: 1, group: "g".into(), firing: true, starts_ms: 1 })
}

fn open() -> (TempDir, Store) {
    let directory = TempDir::new().expect("a directory");
    let store = Store::open(directory.path()).expect("a new journal");
    (directory, store)
}

fn count(directory: &Path, table: &str) -> i64 {
    let connection = Connection::open(directory.join(FILE)).expect("opens");
    connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).expect("counts")
}

#[test]
fn what_was_committed_is_recalled_in_order_with_its_bytes() {
    let (directory, mut store) = open();
    store.commit(&[event(1), inbox(1), event(2)]).expect("commits");
    drop(store);
    let recalled = Store::open(directory.path()).and_then(|store| store.recall()).expect("recalls");
    let raw = br#"{"n":1}"#.to_vec();
    assert_eq!(recalled.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(recalled.events[0].inbox, Some(StoredInbox { delivery: "d1".into(), source: "am".into(), raw }));
    assert_eq!((recalled.last_seq(), recalled.newest_ms), (2, 1_002));
}

#[test]
fn a_checkpoint_swallows_the_log_before_it() {
    let (directory, mut store) = open();
    store.commit(&[event(1), event(2), event(3)]).expect("commits");
    store.commit(&[Entry::Checkpoint { seq: 2, at_ms: 1_002, body: b"state".to_vec() }]).expect("commits");
    let recalled = store.recall().expect("recalls");
    assert_eq!(recalled.checkpoint, Some((2, b"state".to_vec())));
    assert_eq!(recalled.events.len(), 1);
    assert_eq!(count(directory.path(), "event"), 1);
}

#[test]
fn a_large_checkpoint_comes_back_whole_and_the_next_replaces_all_of_it() {
    let (directory, mut store) = open();
    let large: Vec<u8> = (0..700_000_u32).map(|byte| (byte % 251) as u8).collect();
    for (seq, body, parts) in [(1, large, 3), (2, b"small".to_vec(), 1), (3, Vec::new(), 1)] {
        store.commit(&[Entry::Checkpoint { seq, at_ms: 1_000, body: body.clone() }]).expect("commits");
        let recalled = store.recall().expect("recalls");
        assert_eq!(recalled.checkpoint, Some((seq, body)));
        assert_eq!(count(directory.path(), "checkpoint"), parts);
    }
}

#[test]
fn repeating_a_commit_whose_answer_was_lost_changes_nothing() {
    let (directory, mut store) = open();
    let rows = [event(1), inbox(1)];
    store.commit(&rows).expect("commits");
    store.commit(&rows).expect("commits again");
    assert_eq!(count(directory.path(), "inbox"), 1);
}

#[test]
fn attempts_keep_their_number_and_their_end() {
    let (directory, mut store) = open();
    let groups = vec!["g".to_owned(), "h".to_owned()];
    let started = AttemptRow { seq: 3, target: "phone".into(), number: 7, groups, what: "new".into(), at_ms: 1 };
    store.commit(&[Entry::Started(started)]).expect("commits");
    let (target, remote) = ("phone".to_owned(), Some("99".to_owned()));
    let ended = OutcomeRow { target, number: 7, at_ms: 2, outcome: "delivered", detail: "200".into(), remote };
    store.commit(&[Entry::Ended(ended)]).expect("commits");
    assert_eq!(count(directory.path(), "told"), 2);
    assert_eq!(count(directory.path(), "attempt WHERE outcome = 'delivered' AND remote = '99'"), 1);
}

#[test]
fn a_torn_tail_of_the_log_loses_only_what_it_held() {
    for (name, damage) in [
        ("cut", (|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 700)) as fn(&mut Vec<u8>)),
        ("flip", |bytes| {
            let at = bytes.len() - 300;
            bytes[at] ^= 0xff;
        }),
    ] {
        let (directory, mut store) = open();
        store.commit(&[event(1), inbox(1)]).expect("commits");
        store.commit(&[event(2), inbox(2)]).expect("commits");
        let copy = TempDir::new().expect("a directory");
        for file in [FILE.to_owned(), format!("{FILE}-wal")] {
            fs::copy(directory.path().join(&file), copy.path().join(&file)).expect("copies");
        }
        let wal = copy.path().join(format!("{FILE}-wal"));
        let mut bytes = fs::read(&wal).expect("reads");
        damage(&mut bytes);
        fs::write(&wal, bytes).expect("writes");
        let recalled = Store::open(copy.path()).and_then(|store| store.recall()).expect("a torn tail is no damage");
        assert_eq!(recalled.events.len(), 1, "{name}");
        assert_eq!(recalled.events[0].seq, 1, "{name}");
    }
}

#[test]
fn a_corrupt_file_is_set_aside_and_a_new_one_begun() {
    let (directory, store) = open();
    drop(store);
    fs::write(directory.path().join(FILE), b"not a database at all, but long enough to be read as one")
        .expect("writes");
    let (mut store, aside) = Store::open_or_replace(directory.path()).expect("starts");
    assert_eq!(aside.as_deref(), Some(directory.path().join("journal.db.corrupt").as_path()));
    store.commit(&[event(1)]).expect("commits");
}

#[test]
fn a_damaged_vital_table_is_found_at_the_start() {
    let (directory, mut store) = open();
    let body = vec![7; 4000];
    let rows: Vec<_> = (1..200).map(|seq| Entry::Event { seq, at_ms: 1, kind: "x", body: body.clone() }).collect();
    store.commit(&rows).expect("commits");
    drop(store);
    let path = directory.path().join(FILE);
    let mut bytes = fs::read(&path).expect("reads");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xff);
    fs::write(&path, bytes).expect("writes");
    assert!(matches!(Store::open(directory.path()), Err(JournalFailure::Corrupt)));
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let (directory, store) = open();
    drop(store);
    let connection = Connection::open(directory.path().join(FILE)).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("sets");
    drop(connection);
    let failure = Store::open_or_replace(directory.path()).expect_err("refuses");
    assert_eq!(failure.to_string(), "the journal has version 99, this program knows 1: start the newer program again");
}

#[test]
fn a_full_disk_writes_nothing_and_recovers() {
    let (_directory, mut store) = open();
    store.connection().pragma_update(None, "max_page_count", 40).expect("sets");
    let big = Entry::Inbox {
        seq: 1,
        delivery: "d".into(),
        at_ms: 1,
        source: "am".into(),
        readable: true,
        raw: vec![b'x'; 1 << 20],
    };
    assert!(matches!(store.commit(&[event(1), big]), Err(JournalFailure::Full)));
    assert_eq!(store.recall().expect("recalls").events, [], "all or nothing");
    store.commit(&[event(1), inbox(1)]).expect("small rows still fit");
}

#[test]
fn retention_bounds_the_file_and_spares_what_the_engine_needs() {
    let (directory, mut store) = open();
    let keep = Keep { raw_ms: i64::MAX, ledger_ms: i64::MAX, bytes: 400_000 };
    let mut largest = 0;
    for round in 0..40u64 {
        let rows: Vec<_> =
            (1..=200).map(|n| round * 200 + n).flat_map(|seq| [event(seq), inbox(seq), alert(seq)]).collect();
        store.commit(&rows).expect("commits");
        let seq = round * 200 + 190;
        store.commit(&[Entry::Checkpoint { seq, at_ms: 1, body: vec![0; 1000] }]).expect("commits");
        while store.bytes_in_use().expect("known") > keep.bytes && store.tidy(10_000_000, &keep).expect("tidies") {}
        largest = largest.max(store.bytes_in_use().expect("known"));
    }
    assert!(largest < 2 * keep.bytes, "{largest}");
    let recalled = store.recall().expect("recalls");
    assert!(recalled.events.iter().all(|event| event.inbox.is_some()), "bytes after the checkpoint are never dropped");
    assert!(count(directory.path(), "alert") >= 10);
}

#[test]
fn nothing_after_the_checkpoint_is_forgotten_however_old_or_large() {
    let (_directory, mut store) = open();
    let rows: Vec<_> = (1..=300).flat_map(|seq| [event(seq), inbox(seq)]).collect();
    store.commit(&rows).expect("commits");
    let keep = Keep { raw_ms: 0, ledger_ms: 0, bytes: 1 };
    while store.tidy(i64::MAX, &keep).expect("tidies") {}
    let recalled = store.recall().expect("recalls");
    assert_eq!(recalled.events.iter().filter(|event| event.inbox.is_some()).count(), 300);
}

#[test]
fn raw_bytes_go_before_the_ledger() {
    let (directory, mut store) = open();
    store.commit(&[event(1), inbox(1), alert(1)]).expect("commits");
    store.commit(&[Entry::Checkpoint { seq: 1, at_ms: 1, body: vec![] }]).expect("commits");
    store.tidy(5_000, &Keep { raw_ms: 1_000, ledger_ms: 100_000, bytes: u64::MAX }).expect("tidies");
    let kept: Option<Vec<u8>> = Connection::open(directory.path().join(FILE))
        .and_then(|connection| connection.query_row("SELECT raw FROM inbox", [], |row| row.get(0)))
        .expect("the row is there");
    assert_eq!(kept, None);
    assert_eq!(count(directory.path(), "alert"), 1);
}

#[tokio::test]
async fn the_writer_answers_and_recalls() {
    let directory = TempDir::new().expect("a directory");
    let mut writer = Writer::start(directory.path()).expect("starts");
    assert_eq!(writer.recall(writer::DEADLINE).await.expect("recalls").0, Recalled::default());
    writer.commit(vec![event(1), inbox(1)].into()).await.expect("commits");
    assert_eq!(writer.recall(writer::DEADLINE).await.expect("recalls").0.events.len(), 1);
}

#[tokio::test]
async fn a_missing_directory_is_a_failure_that_ends_with_the_cause() {
    let directory = TempDir::new().expect("a directory");
    let state = directory.path().join("later");
    let mut writer = Writer::start(&state).expect("starts");
    assert!(writer.commit(vec![event(1)].into()).await.is_err());
    fs::create_dir(&state).expect("makes");
    writer.commit(vec![event(1)].into()).await.expect("opens again by itself");
}

#[tokio::test]
async fn two_routers_do_not_share_a_journal() {
    let directory = TempDir::new().expect("a directory");
    let mut first = Writer::start(directory.path()).expect("starts");
    first.commit(vec![event(1)].into()).await.expect("commits");
    let mut second = Writer::start(directory.path()).expect("starts");
    assert!(matches!(second.commit(vec![event(1)].into()).await, Err(JournalFailure::Taken(_))));
}
