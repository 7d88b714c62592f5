//! Golden pages of recorded machines. A page that changes is looked at, and accepted with `INSTA_UPDATE=always`.

use std::collections::BTreeSet;

use super::*;

fn page_of(state: &str) -> String {
    let mut stage = Stage::recorded(state);
    // The device of a machine that hung gave nothing to record.
    let answered = stage.round(at(0)).is_ok();
    assert_eq!(answered, fixture(state).join("dev/zfs").is_dir(), "{state}");
    stage.page(at(5))
}

#[test]
fn pages_of_recorded_machines_are_golden() {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for state in ["healthy", "spare-resilvering", "suspended", "boot-failure", "names"] {
            insta::assert_snapshot!(format!("2.3.9_{state}"), page_of(&format!("2.3.9/{state}")));
        }
    });
}

/// Families that no recorded machine can show yet, each with the reason.
const NOT_RECORDED: &[&str] = &[
    // A sequential rebuild and a removal are over in a moment on small disks.
    "zfs_rebuild_progress_ratio",
    "zfs_removal_progress_ratio",
];

#[test]
fn every_family_is_on_the_page_of_some_recorded_machine() {
    let states = bounded::list(&fixture("2.3.9"), 100).unwrap();
    let pages: String = states.iter().map(|state| page_of(&format!("2.3.9/{state}"))).collect();
    let shown: BTreeSet<&str> =
        pages.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = TABLE.iter().map(|family| family.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, NOT_RECORDED);
}

#[test]
fn hostile_names_are_labels_and_nothing_else() {
    let page = page_of("2.3.9/names");
    for pool in ["pool with space", "backup-usb.1:x", "single", "three"] {
        assert_eq!(value(&page, &format!("zfs_pool_state{{pool=\"{pool}\",state=\"online\"}}")), Some("1"), "{pool}");
        assert_eq!(value(&page, &format!("zfs_pool_healthy{{pool=\"{pool}\"}}")), Some("1"), "{pool}");
    }
}

#[test]
fn a_stall_is_told_without_a_report() {
    let page = page_of("2.3.9/hung");
    assert_eq!(value(&page, "zfs_pool_state{pool=\"slow\",state=\"online\"}"), Some("1"));
    let stuck: f64 = value(&page, "zfs_pool_txg_syncing_seconds{pool=\"slow\"}").unwrap().parse().unwrap();
    assert!(stuck > 60.0, "{stuck}");
}

#[test]
fn the_table_is_good() {
    let findings = gjallarhorn_metrics::lint::tables(&[TABLE]);
    assert!(findings.is_empty(), "{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>());
}
