//! What the role says when something is wrong with the machine, the device or the child.

use super::*;

#[test]
fn a_machine_without_zfs_says_so_and_nothing_else() {
    let root = machine(&[]);
    let mut stage = Stage::new(root.path(), &Config::default());
    stage.round(at(0)).unwrap();
    let page = stage.page(at(0));
    assert_eq!(page.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(), ["zfs_up 0"]);
    assert!(stage.role.explain(at(0)).contains("No ZFS module is loaded (absent)"));
}

#[test]
fn an_expected_pool_that_is_not_there_is_told() {
    let root = machine(&[]);
    let stage = Stage::new(root.path(), &Config { expected: vec!["tank".into()], ..Config::default() });
    let page = stage.page(at(0));
    assert_eq!(value(&page, "zfs_pool_imported{pool=\"tank\"}"), Some("0"));
    assert!(stage.role.explain(at(0)).contains("Pool tank is expected and not there"));
}

#[test]
fn a_report_disappears_when_it_is_too_old() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    stage.mood(Mood::Refuses(FailureKind::Lost));
    assert_eq!(stage.round(at(15)).unwrap_err().kind, FailureKind::Lost);
    assert_eq!(stage.state_of(POOL_STATS, "tank"), Some("lost"));
    let healthy = "zfs_pool_healthy{pool=\"tank\"}";
    assert_eq!(value(&stage.page(at(299)), healthy), Some("1"));
    let later = stage.page(at(300));
    assert_eq!(value(&later, healthy), None);
    assert_eq!(value(&later, "zfs_pool_state{pool=\"tank\",state=\"online\"}"), Some("1"));
}

#[test]
fn a_question_that_hangs_blocks_every_report_and_no_live_reading() {
    let mut stage = Stage::recorded("2.3.9/suspended");
    stage.round(at(0)).unwrap();
    stage.mood(Mood::Hangs);
    assert_eq!(stage.round(at(15)).unwrap_err().kind, FailureKind::Timeout);
    assert_eq!(stage.round(at(30)).unwrap_err().kind, FailureKind::Blocked);
    for pool in ["tank", "usb"] {
        assert_eq!(stage.state_of(POOL_STATS, pool), Some("blocked"), "{pool}");
    }
    let page = stage.page(at(30));
    assert_eq!(value(&page, "zfs_pool_state{pool=\"usb\",state=\"suspended\"}"), Some("1"));
    assert_eq!(stage.state_of(KSTAT, "usb"), Some("ok"));
    assert!(stage.role.explain(at(30)).contains("has not come back"));
    stage.mood(Mood::Answers);
    stage.round(at(45)).unwrap();
    assert_eq!(stage.state_of(POOL_STATS, "usb"), Some("ok"));
}

/// A child of an earlier start holds the lock: nothing of ours is out, and it is blocked all the same.
#[test]
fn a_question_of_an_earlier_start_blocks_too() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.mood(Mood::Refuses(FailureKind::Blocked));
    assert_eq!(stage.round(at(0)).unwrap_err().kind, FailureKind::Blocked);
    let rows = stage.role.shared.health.sources();
    let row = rows.iter().find(|row| row.source == POOL_STATS && row.item == "tank").unwrap();
    assert!(row.blocked_since.is_some());
}

#[test]
fn a_device_that_may_not_be_opened_comes_with_the_command_that_opens_it() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.mood(Mood::Refuses(FailureKind::Denied));
    assert_eq!(stage.round(at(0)).unwrap_err().kind, FailureKind::Denied);
    assert_eq!(stage.state_of(POOL_STATS, "tank"), Some("denied"));
    assert!(stage.role.explain(at(0)).contains("chmod 0666 /dev/zfs"));
    stage.mood(Mood::Errno(13));
    assert_eq!(stage.round(at(15)).unwrap_err().kind, FailureKind::Denied);
}

#[test]
fn half_a_report_is_said_and_called_malformed() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    let whole = recorded(&fixture("2.3.9/healthy"), "tank").unwrap().packed.len();
    stage.mood(Mood::Cuts(whole / 2));
    stage.round(at(0)).unwrap();
    assert_eq!(stage.state_of(POOL_STATS, "tank"), Some("malformed"));
    let page = stage.page(at(0));
    assert_eq!(value(&page, "zfs_pool_info{pool=\"tank\",guid=\"0\"}"), None);
    assert!(page.contains("zfs_pool_info{"));
    stage.mood(Mood::Cuts(7));
    assert_eq!(stage.round(at(15)).unwrap_err().kind, FailureKind::Malformed);
}

#[test]
fn a_list_of_pools_that_cannot_be_read_is_no_empty_list() {
    let root = machine(&[("proc/spl/kstat/other", "")]);
    std::os::unix::fs::symlink("zfs", root.path().join("proc/spl/kstat/zfs")).unwrap();
    let stage = Stage::new(root.path(), &Config { expected: vec!["tank".into()], ..Config::default() });
    let kind = |stage: &Stage| stage.role.fresh(at(0)).outcome.unwrap_err().kind;
    assert_ne!(kind(&stage), FailureKind::Absent);
    assert_eq!(value(&stage.page(at(0)), "zfs_pool_imported{pool=\"tank\"}"), None, "nobody could look");

    let none = Stage::new(tempfile::tempdir().unwrap().path(), &Config::default());
    assert_eq!(kind(&none), FailureKind::Absent);
}

/// A healthy machine whose files a test may change, after its first report.
pub(super) fn reported() -> (tempfile::TempDir, Stage) {
    let root = machine(&[("proc/spl/kstat/zfs/tank/state", "ONLINE\n")]);
    let report = "dev/zfs/tank.pool_stats";
    fs::create_dir_all(root.path().join("dev/zfs")).unwrap();
    fs::copy(fixture("2.3.9/healthy").join(report), root.path().join(report)).unwrap();
    let mut stage = Stage::new(root.path(), &Config::default());
    stage.round(at(0)).unwrap();
    (root, stage)
}

#[test]
fn a_report_from_before_the_state_changed_is_held_back() {
    let (root, mut stage) = reported();
    let left = "zfs_pool_redundancy_remaining{pool=\"tank\"}";
    assert_eq!(value(&stage.page(at(1)), left), Some("2"));

    fs::write(root.path().join("proc/spl/kstat/zfs/tank/state"), "DEGRADED\n").unwrap();
    let page = stage.page(at(2));
    assert_eq!(value(&page, "zfs_pool_state{pool=\"tank\",state=\"degraded\"}"), Some("1"));
    assert_eq!(value(&page, left), None, "how many disks could be lost before is not how many can be now");
    stage.round(at(2)).unwrap();
    assert_eq!(value(&stage.page(at(3)), left), Some("2"), "the report of now");

    fs::remove_file(root.path().join("proc/spl/kstat/zfs/tank/state")).unwrap();
    fs::create_dir(root.path().join("proc/spl/kstat/zfs/tank/state")).unwrap();
    assert_eq!(value(&stage.page(at(4)), left), Some("2"), "a state that cannot be read contradicts nothing");
}

#[test]
fn a_pool_that_was_exported_leaves_nothing_current_behind() {
    let (root, stage) = reported();
    assert!(value(&stage.page(at(0)), "zfs_pool_healthy{pool=\"tank\"}").is_some());
    fs::remove_dir_all(root.path().join("proc/spl/kstat/zfs/tank")).unwrap();
    let page = stage.page(at(1));
    assert_eq!(value(&page, "zfs_pool_healthy{pool=\"tank\"}"), None);
    assert_eq!(value(&page, "zfs_pool_imported{pool=\"tank\"}"), Some("0"));
    assert_eq!(stage.state_of(POOL_STATS, "tank"), None);
    assert_eq!(stage.state_of(KSTAT, "tank"), None);
}

#[test]
fn a_word_that_nobody_knows_is_seen_and_hides_nothing() {
    let root = machine(&[("proc/spl/kstat/zfs/a/state", "MELTING\n"), ("proc/spl/kstat/zfs/b/state", "ONLINE\n")]);
    let stage = Stage::new(root.path(), &Config::default());
    let page = stage.page(at(0));
    assert_eq!(value(&page, "zfs_pool_state{pool=\"a\",state=\"unknown\"}"), Some("1"));
    assert_eq!(value(&page, "zfs_pool_state{pool=\"b\",state=\"online\"}"), Some("1"));
    assert!(stage.role.explain(at(0)).contains("`MELTING`"));
}
