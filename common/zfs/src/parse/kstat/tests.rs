use proptest::prelude::*;

use super::*;

const HEADER: &str = "txg      birth            state ndirty       nread        nwritten     reads    writes   otime        \
                      qtime        wtime        stime       \n";

fn line(txg: u64, birth: u64, state: char, times: [u64; 4]) -> String {
    let [open, quiesce, wait, sync] = times;
    format!("{txg:<8} {birth:<16} {state:<5} 0 0 0 0 0 {open:<12} {quiesce:<12} {wait:<12} {sync:<12}\n")
}

fn syncing_of(lines: &[String], now: u64) -> Option<Duration> {
    syncing(format!("{HEADER}{}", lines.concat()).as_bytes(), Duration::from_secs(now)).unwrap()
}

const SECOND: u64 = 1_000_000_000;

#[test]
fn every_word_of_the_kernel_is_known() {
    for (word, state) in [
        ("ONLINE", PoolState::Online),
        ("DEGRADED", PoolState::Degraded),
        ("FAULTED", PoolState::Faulted),
        ("OFFLINE", PoolState::Offline),
        ("REMOVED", PoolState::Removed),
        ("UNAVAIL", PoolState::Unavail),
        ("SUSPENDED", PoolState::Suspended),
        ("SPLIT", PoolState::Split),
        ("TRANSITIONING", PoolState::Transitioning),
        ("UNKNOWN", PoolState::Unknown),
    ] {
        let read = state_of(format!("{word}\n").as_bytes());
        assert_eq!(read, StateWord { state, unknown: None });
    }
}

fn state_of(bytes: &[u8]) -> StateWord {
    state(bytes).unwrap()
}

#[test]
fn a_new_word_is_kept_and_not_taken_for_a_known_one() {
    let read = state_of(b"ONLINEISH\n");
    assert_eq!(read, StateWord { state: PoolState::Unknown, unknown: Some("ONLINEISH".into()) });
    assert_eq!(state(b"\n"), Err(Malformed::NotOneWord(String::new())));
    assert_eq!(state(b"TWO WORDS"), Err(Malformed::NotOneWord("TWO WORDS".into())));
}

#[test]
fn a_group_being_written_counts_from_the_start_of_its_writing() {
    let lines = [
        line(13, 10 * SECOND, 'C', [5 * SECOND, 1, 1, SECOND]),
        line(14, 15 * SECOND, 'S', [5 * SECOND, SECOND, SECOND, 0]),
        line(15, 20 * SECOND, 'O', [0; 4]),
    ];
    assert_eq!(syncing_of(&lines, 96), Some(Duration::from_secs(96 - 22)));
}

#[test]
fn waiting_groups_count_from_the_end_of_their_last_step() {
    assert_eq!(syncing_of(&[line(1, 10 * SECOND, 'W', [5 * SECOND, SECOND, 0, 0])], 20), Some(Duration::from_secs(4)));
    assert_eq!(syncing_of(&[line(1, 10 * SECOND, 'Q', [5 * SECOND, 0, 0, 0])], 20), Some(Duration::from_secs(5)));
}

#[test]
fn a_quiet_pool_is_zero_and_an_empty_history_is_nothing() {
    let quiet = [line(1, SECOND, 'C', [1, 1, 1, 1]), line(2, SECOND, 'O', [0; 4]), line(3, 0, 'B', [0; 4])];
    assert_eq!(syncing_of(&quiet, 1000), Some(Duration::ZERO));
    assert_eq!(syncing_of(&[], 1000), None);
    assert_eq!(syncing(b"", Duration::ZERO), Ok(None));
}

#[test]
fn a_clock_behind_the_table_is_zero_and_not_an_age() {
    assert_eq!(syncing_of(&[line(1, 100 * SECOND, 'S', [0; 4])], 1), Some(Duration::ZERO));
}

#[test]
fn columns_are_found_by_name() {
    let table = b"29 0 0x01 3 336 1 2\nwtime new state txg birth qtime otime\n3000000000 9 S 1 10000000000 2000000000 1000000000\n";
    assert_eq!(syncing(table, Duration::from_secs(20)), Ok(Some(Duration::from_secs(4))));
}

#[test]
fn a_foreign_table_is_refused() {
    assert_eq!(syncing(b"a b c\n1 2 3\n", Duration::ZERO), Err(Malformed::NoColumn("birth")));
    assert_eq!(syncing(b"txg birth\n1 2\n", Duration::ZERO), Err(Malformed::NoColumn("state")));
    let short = format!("{HEADER}14 15\n");
    assert_eq!(syncing(short.as_bytes(), Duration::ZERO), Err(Malformed::BadLine("14 15".into())));
}

#[test]
fn nothing_older_than_what_has_arrived_is_looked_at() {
    let lines = ["14 15\n".into(), line(15, SECOND, 'C', [1; 4]), line(16, 2 * SECOND, 'S', [0; 4])];
    assert_eq!(syncing_of(&lines, 5), Some(Duration::from_secs(3)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), now: u32) {
        let now = Duration::from_secs(now.into());
        let _ = (state(&bytes), syncing(&bytes, now));
        let mut table = HEADER.as_bytes().to_vec();
        table.extend(&bytes);
        let _ = syncing(&table, now);
    }

    #[test]
    fn the_longest_wins(births in prop::collection::vec(0..1000_u64, 1..20)) {
        let lines: Vec<_> = births.iter().map(|birth| line(1, birth * SECOND, 'S', [0; 4])).collect();
        let oldest = births.iter().min().unwrap();
        prop_assert_eq!(syncing_of(&lines, 1000), Some(Duration::from_secs(1000 - oldest)));
    }
}
