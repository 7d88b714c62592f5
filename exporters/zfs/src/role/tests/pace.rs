//! How often the kernel is asked, and when it is asked before its time.

use super::*;

const USUAL: Duration = Duration::from_secs(120);
const CLOSE: Duration = Duration::from_secs(15);

#[test]
fn a_pool_that_is_ill_or_busy_is_looked_at_closely() {
    for (state, pace) in [
        ("healthy", USUAL),
        ("scrub-finished", USUAL),
        ("checkpoint", USUAL),
        ("scrub-running", CLOSE),
        ("scrub-paused", CLOSE),
        ("expansion", CLOSE),
        ("spare-resilvering", CLOSE),
        ("disk-gone", CLOSE),
        ("data-errors", CLOSE),
        ("boot-failure", CLOSE),
    ] {
        let mut stage = Stage::recorded(&format!("2.3.9/{state}"));
        stage.round(at(0)).unwrap();
        assert_eq!(stage.poll.pace.get(), pace, "{state}");
    }
}

#[test]
fn a_report_that_fails_is_tried_again_soon() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    stage.mood(Mood::Refuses(FailureKind::Denied));
    stage.round(at(120)).unwrap_err();
    assert_eq!(stage.poll.pace.get(), CLOSE);
    stage.mood(Mood::Answers);
    stage.round(at(135)).unwrap();
    assert_eq!(stage.poll.pace.get(), USUAL);
}

#[test]
fn nobody_is_asked_more_seldom_for_being_ill() {
    let brisk = parse::<Config>("zfs", "interval: 1s").unwrap();
    let mut stage = Stage::new(&fixture("2.3.9/disk-gone"), &brisk);
    stage.round(at(0)).unwrap();
    assert_eq!(stage.poll.pace.get(), Duration::from_secs(1));
}

/// The row of a pool is told as read at the pace that holds until its next report.
#[test]
fn the_pace_is_told_with_every_pool() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    let standing = stage.role.shared.health.write(at(0), &mut String::new());
    let row = "gjallarhorn_source_interval_seconds{role=\"zfs\",source=\"pool_stats\",item=\"tank\"}";
    assert_eq!(value(standing.text(), row), Some("120"));
}

#[test]
fn a_pool_that_appears_is_reported_at_once() {
    let root = machine(&[("proc/spl/kstat/zfs/tank/state", "ONLINE\n")]);
    let mut stage = Stage::new(root.path(), &Config::default());
    stage.page(at(0));
    assert!(!stage.nudged(), "the first round begins by itself");
    fs::create_dir(root.path().join("proc/spl/kstat/zfs/new")).unwrap();
    fs::write(root.path().join("proc/spl/kstat/zfs/new/state"), "ONLINE\n").unwrap();
    stage.page(at(0));
    assert!(stage.nudged(), "a new pool");
    stage.mood(Mood::Refuses(FailureKind::Denied));
    stage.round(at(0)).unwrap_err();
    stage.page(at(15));
    assert!(!stage.nudged(), "a pool that gives no report is asked no more often for it");
}

#[test]
fn a_state_that_changed_is_reported_at_once() {
    let (root, mut stage) = trouble::reported();
    stage.page(at(0));
    assert!(!stage.nudged(), "the state of the report");
    fs::write(root.path().join("proc/spl/kstat/zfs/tank/state"), "DEGRADED\n").unwrap();
    stage.page(at(15));
    assert!(stage.nudged(), "another state");
    stage.round(at(16)).unwrap();
    stage.page(at(30));
    assert!(!stage.nudged(), "the state of the new report");
}
