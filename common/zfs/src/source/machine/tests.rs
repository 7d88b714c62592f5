use super::*;
use crate::parse::model::PoolState;

/// A machine made of files.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Files {
        let files_root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = files_root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Files(files_root)
    }

    fn machine(&self) -> Machine {
        Machine::new(self.0.path())
    }
}

const TXGS: &str = "txg birth state ndirty nread nwritten reads writes otime qtime wtime stime\n\
                    9 10000000000 S 0 0 0 0 0 1000000000 0 0 0\n";

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_700_000_000), Duration::from_secs(seconds))
}

#[test]
fn a_machine_without_zfs_says_absent() {
    let machine = Files::new(&[]);
    assert_eq!(machine.machine().pools().unwrap_err().kind, FailureKind::Absent);
    assert_eq!(machine.machine().version().unwrap_err().kind, FailureKind::Absent);
    assert_eq!(machine.machine().hostid(), None);
}

#[test]
fn a_pool_is_a_folder_with_a_state() {
    let machine = Files::new(&[
        ("proc/spl/kstat/zfs/arcstats", "many"),
        ("proc/spl/kstat/zfs/other/thing", ""),
        ("proc/spl/kstat/zfs/pool with space/state", "ONLINE\n"),
        ("proc/spl/kstat/zfs/backup-usb.1:x/state", "ONLINE\n"),
    ]);
    assert_eq!(machine.machine().pools().unwrap(), ["backup-usb.1:x", "pool with space"]);
}

#[test]
fn the_files_of_a_pool_fail_one_by_one() {
    let machine = Files::new(&[("proc/spl/kstat/zfs/tank/state", "DEGRADED\n")]);
    let pool = machine.machine().pool("tank", at(0));
    assert_eq!(pool.state.unwrap().state, PoolState::Degraded);
    assert_eq!(pool.syncing.unwrap_err().kind, FailureKind::Absent);
}

#[test]
fn a_live_machine_has_our_clock_and_a_recording_its_own() {
    let live = Files::new(&[("proc/spl/kstat/zfs/tank/txgs", TXGS), ("proc/uptime", "99.5 1.0\n"), ("dev/zfs", "")]);
    assert_eq!(live.machine().pool("tank", at(31)).syncing.unwrap(), Some(Duration::from_secs(20)));
    let recorded = Files::new(&[
        ("proc/spl/kstat/zfs/tank/txgs", TXGS),
        ("proc/uptime", "99.5 1.0\n"),
        ("dev/zfs/tank.pool_stats", ""),
    ]);
    assert_eq!(recorded.machine().pool("tank", at(31)).syncing.unwrap(), Some(Duration::from_millis(88_500)));
    let dated = Files::new(&[
        ("proc/uptime", "99.5 1.0\n"),
        ("proc/stat", "cpu 1 2\nbtime 1700000000\n"),
        ("dev/zfs/tank.pool_stats", ""),
    ]);
    let made = Timestamp::at(Duration::from_millis(1_700_000_099_500), Duration::from_millis(99_500));
    assert_eq!(dated.machine().moment(at(31)).unwrap(), made);
    let broken = Files::new(&[("proc/uptime", "soon"), ("dev/zfs/tank.pool_stats", "")]);
    assert_eq!(broken.machine().pool("tank", at(31)).syncing.unwrap_err().kind, FailureKind::Malformed);
}

#[test]
fn the_host_id_is_the_parameter_or_the_file() {
    let parameter = ("sys/module/spl/parameters/spl_hostid", "7\n");
    assert_eq!(Files::new(&[parameter, ("etc/hostid", "\x01\0\0\0")]).machine().hostid(), Some(7));
    let unset = ("sys/module/spl/parameters/spl_hostid", "0\n");
    let one = u64::from(u32::from_ne_bytes([1, 0, 0, 0]));
    assert_eq!(Files::new(&[unset, ("etc/hostid", "\x01\0\0\0")]).machine().hostid(), Some(one));
    assert_eq!(Files::new(&[unset, ("etc/hostid", "\x01")]).machine().hostid(), None);
}
