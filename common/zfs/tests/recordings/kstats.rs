//! The kernel files of the recordings: what is told when nothing else answers.

use std::time::Duration;

use gjallarhorn_service::Timestamp;
use gjallarhorn_zfs::parse::model::PoolState;
use gjallarhorn_zfs::source::machine::{Machine, PoolFiles};

use super::{fixtures, names};

fn pools_of(version: &str, state: &str) -> Vec<PoolFiles> {
    let machine = Machine::new(&fixtures().join(version).join(state));
    let pools = machine.pools().unwrap_or_else(|error| panic!("{version}/{state}: {error}"));
    pools.iter().map(|pool| machine.pool(pool, Timestamp::default())).collect()
}

fn only(state: &str, pool: &str) -> PoolFiles {
    pools_of("2.3.9", state).into_iter().find(|files| files.name == pool).unwrap()
}

#[test]
fn every_file_of_every_recording_is_understood() {
    for version in names(&fixtures()) {
        for state in names(&fixtures().join(&version)) {
            let pools = pools_of(&version, &state);
            assert!(!pools.is_empty(), "{version}/{state}");
            for files in pools {
                let place = format!("{version}/{state}/{}", files.name);
                let word = files.state.unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!(word.unknown, None, "{place}");
                files.syncing.unwrap_or_else(|error| panic!("{place}: {error}"));
            }
        }
    }
}

#[test]
fn the_states_are_told_without_a_report() {
    let state = |recording, pool| only(recording, pool).state.unwrap().state;
    assert_eq!(state("healthy", "tank"), PoolState::Online);
    assert_eq!(state("disk-gone", "tank"), PoolState::Degraded);
    assert_eq!(state("suspended", "usb"), PoolState::Suspended);
    assert_eq!(state("boot-failure", "cold"), PoolState::Transitioning);
}

/// Devices that neither answer nor fail: the kernel calls the pool online and counts no error.
#[test]
fn a_stall_is_seen_by_its_writes_alone() {
    let hung = only("hung", "slow");
    assert_eq!(hung.state.unwrap().state, PoolState::Online);
    let stuck = hung.syncing.unwrap().unwrap();
    assert!(stuck > Duration::from_secs(60) && stuck < Duration::from_secs(300), "{stuck:?}");
    let healthy = only("healthy", "tank").syncing.unwrap().unwrap();
    assert!(healthy < Duration::from_secs(10), "{healthy:?}");
}
