//! What outlives a restart.

use super::*;

const SCRUBBED: &str = "zfs_pool_last_scrub_completed_timestamp_seconds{pool=\"tank\"}";

#[test]
fn the_last_scrub_outlives_a_resilver_and_a_restart() {
    let mut stage = Stage::recorded("2.3.9/scrub-finished");
    stage.round(at(0)).unwrap();
    let page = stage.page(at(0));
    let scrubbed = value(&page, SCRUBBED).unwrap().to_owned();
    // The same pool later: its own record knows only of the resilver.
    let mut stage = Stage::again(&fixture("2.3.9/spare-resilvered"), &Config::default(), stage.state);
    assert_eq!(value(&stage.page(at(10)), SCRUBBED), Some(scrubbed.as_str()), "before the first report");
    stage.round(at(10)).unwrap();
    let page = stage.page(at(10));
    assert_eq!(value(&page, SCRUBBED), Some(scrubbed.as_str()));
    assert!(value(&page, "zfs_pool_last_resilver_completed_timestamp_seconds{pool=\"tank\"}").is_some());
}

#[test]
fn a_pool_that_was_seen_is_expected_after_a_restart() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    let root = machine(&[]);
    let stage = Stage::again(root.path(), &Config::default(), stage.state);
    let page = stage.page(at(10));
    assert_eq!(value(&page, "zfs_pool_expected{pool=\"tank\"}"), Some("1"));
    assert_eq!(value(&page, "zfs_pool_imported{pool=\"tank\"}"), Some("0"));
    assert_eq!(value(&page, SCRUBBED), None, "nothing is said of the scrubs of a pool that is not there");
}

#[test]
fn a_forgotten_pool_is_not_expected_even_while_it_is_there() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    let forgets = Config { forget: vec!["tank".into()], ..Config::default() };
    let mut stage = Stage::again(&fixture("2.3.9/healthy"), &forgets, stage.state);
    stage.round(at(10)).unwrap();
    let page = stage.page(at(10));
    assert_eq!(value(&page, "zfs_pool_expected{pool=\"tank\"}"), None);
    assert_eq!(value(&page, "zfs_pool_healthy{pool=\"tank\"}"), Some("1"));
    let stage = Stage::again(&fixture("2.3.9/healthy"), &Config::default(), stage.state);
    assert_eq!(value(&stage.page(at(20)), "zfs_pool_expected{pool=\"tank\"}"), None, "until it is seen anew");
}

#[test]
fn a_memory_that_cannot_be_written_costs_no_reading() {
    let stage = Stage::recorded("2.3.9/healthy");
    // A folder where the file should be: fails for root too.
    fs::create_dir(stage.state.path().join("zfs.yaml")).unwrap();
    let mut stage = Stage::again(&fixture("2.3.9/healthy"), &Config::default(), stage.state);
    stage.round(at(0)).unwrap();
    assert!(value(&stage.page(at(0)), SCRUBBED).is_some());
}

#[test]
fn first_seen_is_when_it_was_first_seen() {
    let mut stage = Stage::recorded("2.3.9/healthy");
    stage.round(at(0)).unwrap();
    stage.round(at(900)).unwrap();
    let seen = value(&stage.page(at(900)), "zfs_pool_first_seen_timestamp_seconds{pool=\"tank\"}").map(str::to_owned);
    assert_eq!(seen.as_deref(), Some("1800000000"));
}
