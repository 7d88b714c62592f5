use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gjallarhorn_service::failure::chain;
use tempfile::TempDir;

use super::*;
use crate::parse::raft::segment::testing::segment;

/// Whole segments are 8 MiB; the ones of these tests have room for a few entries more.
const ROOM: usize = 4096;

fn folder() -> (TempDir, Folder) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::new(temporary.path());
    (temporary, folder)
}

fn put(temporary: &TempDir, name: &str, bytes: &[u8]) {
    fs::write(temporary.path().join(name), bytes).unwrap();
}

/// A segment of `count` entries of one term, with room behind them.
fn open_of(term: u64, count: usize) -> Vec<u8> {
    let mut bytes = if count == 0 { Vec::new() } else { closed_of(term, count) };
    bytes.resize(bytes.len() + ROOM, 0);
    bytes
}

fn closed_of(term: u64, count: usize) -> Vec<u8> {
    segment(&vec![[(term, 16)].as_slice(); count])
}

fn words(words: [u64; 4]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn log(folder: &mut Folder) -> (u64, Option<u64>) {
    let log = folder.look().unwrap().log.unwrap();
    (log.last_index, log.term)
}

#[test]
fn a_living_folder_tells_where_its_log_stands() {
    let (temporary, mut folder) = folder();
    put(&temporary, "metadata1", &words([1, 3, 2, 9]));
    put(&temporary, "metadata2", &words([1, 4, 3, 0]));
    put(&temporary, "0000000000000001-0000000000000001", &closed_of(1, 1));
    put(&temporary, "0000000000000002-0000000000000011", &closed_of(2, 10));
    put(&temporary, "open-7", &open_of(3, 5));
    put(&temporary, "open-8", &open_of(3, 0));
    put(&temporary, "snapshot-2-8-123", &1_u64.to_le_bytes());
    put(&temporary, "snapshot-2-8-123.meta", b"meta");
    put(&temporary, "corrupt-17-open-3", b"broken");
    put(&temporary, "cluster.key", b"secret");
    let store = folder.look().unwrap();
    assert_eq!(store.metadata.unwrap(), Some(Metadata { version: 4, term: 3, voted_for: None }));
    assert_eq!(store.log.unwrap(), Log { last_index: 16, term: Some(3) });
    assert_eq!((store.closed_segments, store.open_segments, store.gaps, store.quarantined), (2, 2, 0, 1));
    assert_eq!(store.snapshot, Some(Snapshot { term: 2, index: 8, timestamp: 123 }));
    assert!(store.snapshot_taken.is_some());
    assert_eq!(store.database.unwrap().unwrap(), 8);
    let bytes = 64 + closed_of(1, 1).len() + closed_of(2, 10).len() + open_of(3, 5).len() + ROOM + 12 + 6;
    assert_eq!(store.bytes, bytes as u64);
    let space = store.space.unwrap();
    assert!(0 < space.free && space.free <= space.size);
}

#[test]
fn the_size_of_the_database_stands_in_the_newest_snapshot_or_nowhere() {
    let (temporary, mut folder) = folder();
    let mut database = || folder.look().unwrap().database;
    assert!(database().is_none());
    let packed = [[0x04, 0x22, 0x4d, 0x18, 0x4c, 0x40].as_slice(), &4136_u64.to_le_bytes(), b"the rest"].concat();
    put(&temporary, "snapshot-2-8-123", &packed);
    put(&temporary, "snapshot-2-8-123.meta", b"meta");
    assert_eq!(database().unwrap().unwrap(), 4136);
    put(&temporary, "snapshot-2-20-200", b"what is this?");
    put(&temporary, "snapshot-2-20-200.meta", b"meta");
    let failure = database().unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(chain(&failure).ends_with("snapshot-2-20-200: malformed: neither an LZ4 frame nor a snapshot of format 1"));
    fs::write(temporary.path().join("snapshot-2-20-200"), b"").unwrap();
    assert!(chain(&database().unwrap().unwrap_err()).ends_with("malformed: cut short"));
}

#[test]
fn an_empty_folder_has_an_empty_log() {
    let (_temporary, mut folder) = folder();
    let store = folder.look().unwrap();
    assert_eq!(store.metadata.unwrap(), None);
    assert_eq!(store.log.unwrap(), Log { last_index: 0, term: None });
    assert_eq!((store.open_segments, store.gaps, store.bytes), (0, 0, 0));
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let (temporary, _) = folder();
    let failure = Folder::new(&temporary.path().join("backend")).look().unwrap_err();
    assert_eq!((failure.kind, failure.doing), (FailureKind::Absent, "list"));
}

#[test]
fn the_term_of_the_end_is_found_wherever_it_is() {
    let (temporary, mut folder) = folder();
    put(&temporary, "snapshot-5-40-1", b"data");
    put(&temporary, "snapshot-5-40-1.meta", b"meta");
    assert_eq!(log(&mut folder), (40, Some(5)));
    put(&temporary, "0000000000000031-0000000000000042", &closed_of(6, 12));
    put(&temporary, "open-1", &open_of(0, 0));
    assert_eq!(log(&mut folder), (42, Some(6)));
    // A closed segment that does not hold what its name says tells no term.
    put(&temporary, "0000000000000031-0000000000000042", &closed_of(6, 11));
    assert_eq!(log(&mut folder), (42, None));
    put(&temporary, "open-1", &open_of(7, 1));
    assert_eq!(log(&mut folder), (43, Some(7)));
}

#[test]
fn a_segment_is_walked_on_through_its_renaming() {
    let (temporary, mut folder) = folder();
    put(&temporary, "open-1", &open_of(1, 3));
    assert_eq!(log(&mut folder), (3, Some(1)));
    let walked = folder.walks.clone();
    let path = temporary.path().join("open-1");
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(closed_of(1, 3).len() as u64).unwrap();
    fs::rename(&path, temporary.path().join("0000000000000001-0000000000000003")).unwrap();
    assert_eq!(log(&mut folder), (3, Some(1)));
    assert_eq!(walked.keys().collect::<Vec<_>>(), folder.walks.keys().collect::<Vec<_>>(), "the same file");
    // What is gone is forgotten.
    fs::remove_file(temporary.path().join("0000000000000001-0000000000000003")).unwrap();
    assert_eq!(log(&mut folder), (0, None));
    assert!(folder.walks.is_empty());
}

#[test]
fn a_foreign_format_is_told_and_hides_nothing_else() {
    let (temporary, mut folder) = folder();
    put(&temporary, "metadata1", &words([2, 1, 1, 0]));
    put(&temporary, "open-1", &[2, 0, 0, 0, 0, 0, 0, 0]);
    let store = folder.look().unwrap();
    assert_eq!(store.metadata.unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(store.log.unwrap_err().kind, FailureKind::Unsupported);
    assert_eq!(store.open_segments, 1);
}

#[test]
fn a_cut_metadata_file_gives_way_to_the_other() {
    let (temporary, mut folder) = folder();
    put(&temporary, "metadata1", &words([1, 3, 2, 9]));
    put(&temporary, "metadata2", &words([1, 4, 3, 0])[..31]);
    assert_eq!(folder.look().unwrap().metadata.unwrap().unwrap().version, 3);
}

#[test]
fn what_is_no_plain_file_is_neither_followed_nor_waited_for() {
    let (temporary, mut folder) = folder();
    nix::unistd::mkfifo(&temporary.path().join("open-1"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(folder.look().unwrap().log.unwrap_err().kind, FailureKind::Refused);
    fs::remove_file(temporary.path().join("open-1")).unwrap();
    symlink("/etc/passwd", temporary.path().join("metadata1")).unwrap();
    assert_eq!(folder.look().unwrap().metadata.unwrap_err().kind, FailureKind::Refused);
}

/// Root reads everything, so this thread is another user to the file system.
#[test]
fn a_new_segment_that_is_not_ours_to_read_yet_only_waits() {
    let as_nobody = || {
        nix::unistd::setfsuid(nix::unistd::Uid::from_raw(65_534));
        let (temporary, mut folder) = folder();
        waiting(&temporary, &mut folder);
    };
    std::thread::spawn(as_nobody).join().unwrap();
}

fn waiting(temporary: &TempDir, folder: &mut Folder) {
    let lock = |name: &str| {
        let path = temporary.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    };
    put(temporary, "open-1", &open_of(1, 3));
    put(temporary, "open-2", &open_of(0, 0));
    lock("open-2");
    assert_eq!(log(folder), (3, Some(1)));
    // Behind a full one it may be in use.
    fs::remove_file(temporary.path().join("open-1")).unwrap();
    put(temporary, "open-1", &closed_of(1, 3));
    assert_eq!(folder.look().unwrap().log.unwrap_err().kind, FailureKind::Denied);
    fs::remove_file(temporary.path().join("open-1")).unwrap();
    assert_eq!(folder.look().unwrap().log.unwrap_err().kind, FailureKind::Denied);
}

/// Does to a folder what a busy dqlite does: writes entries, closes segments, takes snapshots, deletes what they hold.
fn busy(path: &Path, written: &AtomicU64, stop: &AtomicBool) {
    let (mut first, mut counter) = (1, 1);
    while !stop.load(Ordering::SeqCst) {
        let open = path.join(format!("open-{counter}"));
        for count in 1..=8 {
            // In place, as dqlite does, so that a reader sees the file grow.
            let bytes = open_of(1, count);
            let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&open).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, &bytes, 0).unwrap();
            written.store(first + count as u64 - 1, Ordering::SeqCst);
        }
        let last = first + 7;
        fs::rename(&open, path.join(format!("{first:016}-{last:016}"))).unwrap();
        fs::write(path.join(format!("snapshot-1-{last}-{counter}")), b"data").unwrap();
        fs::write(path.join(format!("snapshot-1-{last}-{counter}.meta")), b"meta").unwrap();
        if first > 32 {
            let (from, to) = (first - 32, last - 32);
            let _ = fs::remove_file(path.join(format!("{from:016}-{to:016}")));
            let _ = fs::remove_file(path.join(format!("snapshot-1-{to}-{}.meta", counter - 4)));
            let _ = fs::remove_file(path.join(format!("snapshot-1-{to}-{}", counter - 4)));
        }
        (first, counter) = (last + 1, counter + 1);
    }
}

#[test]
fn a_folder_that_changes_under_the_reader_is_read_all_the_same() {
    let (temporary, mut folder) = folder();
    let (written, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let writer = {
        let (path, written, stop) = (temporary.path().to_owned(), Arc::clone(&written), Arc::clone(&stop));
        std::thread::spawn(move || busy(&path, &written, &stop))
    };
    let mut looks = Vec::new();
    while written.load(Ordering::SeqCst) < 4000 && looks.len() < 100_000 {
        let before = written.load(Ordering::SeqCst);
        let store = folder.look();
        looks.push((before, store, written.load(Ordering::SeqCst)));
    }
    stop.store(true, Ordering::SeqCst);
    writer.join().unwrap();
    for (before, store, after) in looks {
        let store = store.unwrap();
        let last = store.log.unwrap().last_index;
        // One entry can be on disk before the writer says so.
        assert!((before..=after + 1).contains(&last), "{before} <= {last} <= {after}");
        assert_eq!(store.gaps, 0);
    }
}

/// Builds a folder from the recording of a real one.
fn recorded(recording: &str) -> (TempDir, Folder) {
    let (temporary, folder) = folder();
    let mut file = None;
    for line in recording.lines().filter(|line| !line.starts_with('#')) {
        let (left, right) = line.trim().split_once(' ').unwrap();
        if line.starts_with(' ') {
            let bytes: Vec<_> = right.as_bytes().chunks(2).map(|two| str::from_utf8(two).unwrap()).collect();
            let bytes: Vec<_> = bytes.iter().map(|two| u8::from_str_radix(two, 16).unwrap()).collect();
            let file: &fs::File = file.as_ref().unwrap();
            std::os::unix::fs::FileExt::write_all_at(file, &bytes, left.parse().unwrap()).unwrap();
        } else {
            let new = fs::File::create(temporary.path().join(left)).unwrap();
            new.set_len(right.parse().unwrap()).unwrap();
            file = Some(new);
        }
    }
    (temporary, folder)
}

#[test]
fn the_log_of_a_real_node_ends_where_dqlite_itself_closed_it() {
    let (_temporary, mut folder) = recorded(include_str!("../../../fixtures/killed-after-election.txt"));
    let store = folder.look().unwrap();
    assert_eq!(store.log.unwrap(), Log { last_index: 32, term: Some(2) });
    let voted_for = Some(9_863_284_581_707_243_673);
    assert_eq!(store.metadata.unwrap(), Some(Metadata { version: 3, term: 2, voted_for }));
    assert_eq!((store.closed_segments, store.open_segments, store.gaps), (0, 3, 0));
}

#[test]
fn the_log_of_a_real_node_goes_on_behind_its_snapshot() {
    let (temporary, mut folder) = recorded(include_str!("../../../fixtures/killed-after-snapshot.txt"));
    let store = folder.look().unwrap();
    assert_eq!(store.log.unwrap(), Log { last_index: 1094, term: Some(1) });
    assert_eq!(store.snapshot, Some(Snapshot { term: 1, index: 1024, timestamp: 20_814_516 }));
    assert_eq!((store.closed_segments, store.open_segments, store.gaps), (3, 3, 0));
    // Without the open parts, the term is that of the last closed one.
    for counter in 3..6 {
        fs::remove_file(temporary.path().join(format!("open-{counter}"))).unwrap();
    }
    assert_eq!(log(&mut folder), (1024, Some(1)));
}
