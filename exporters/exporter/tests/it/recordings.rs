//! Recorded machines: the page of each, byte for byte but for the moment of the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gjallarhorn_metrics::parse::Page;

use crate::program::{Service, run};

/// Families whose value is the moment or the speed of the test, not the machine's.
const OF_THE_MOMENT: &[&str] = &[
    "gjallarhorn_source_last_success_timestamp_seconds",
    "gjallarhorn_source_duration_seconds",
    "zfs_pool_first_seen_timestamp_seconds",
    "zfs_scan_remaining_seconds",
];

/// The recordings, `version/state`, sorted.
fn recordings() -> Vec<(String, PathBuf)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../common/zfs/fixtures");
    let mut found = Vec::new();
    for version in folders(&fixtures) {
        for state in folders(&version) {
            let name = state.strip_prefix(&fixtures).expect("below the fixtures").display().to_string();
            found.push((name, state));
        }
    }
    found.sort();
    found
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of recordings");
    entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect()
}

/// The page of a recording, read by the strict reader on the way, without the values of the moment.
fn golden(root: &Path) -> String {
    let state = tempfile::tempdir().expect("a folder");
    let (root_word, state) = (root.display().to_string(), state.path().display().to_string());
    let ran = run(&["once", "--role", "zfs", "--root", &root_word, "--state-dir", &state]);
    assert_eq!(ran.code, 0, "{}: {}", root.display(), ran.err);
    Page::read(&ran.out).expect("a page that Prometheus takes");
    ran.out.lines().map(|line| without_the_moment(line) + "\n").collect()
}

fn without_the_moment(line: &str) -> String {
    let moment = OF_THE_MOMENT.iter().any(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')));
    match line.rsplit_once(' ') {
        Some((series, _)) if moment => format!("{series} <now>"),
        _ => line.to_owned(),
    }
}

/// The lines that tell one machine from another: no HELP and TYPE, and of a set with one series per word only what is
/// not 0. The whole page stands in [`one_page_is_golden_as_a_whole`].
fn telling(page: &str) -> String {
    let of_a_set = |line: &str| {
        ["state", "condition", "reason", "type", "function"].iter().any(|label| line.contains(&format!("{label}=\"")))
    };
    let telling = |line: &&str| !(line.starts_with('#') || line.ends_with(" 0") && of_a_set(line));
    page.lines().filter(telling).map(|line| format!("{line}\n")).collect()
}

/// Refresh with `INSTA_UPDATE=always cargo test -p gjallarhorn-exporter`, then look at the diff.
#[test]
fn every_recorded_machine_gives_its_golden_page() {
    let recordings = recordings();
    assert!(!recordings.is_empty());
    for (name, root) in recordings {
        insta::assert_snapshot!(name.replace('/', "-"), telling(&golden(&root)));
    }
}

#[test]
fn one_page_is_golden_as_a_whole() {
    insta::assert_snapshot!("whole-page", golden(&any_recording()));
}

/// What Prometheus' own linter says of a real page: nothing.
#[test]
fn promtool_has_nothing_to_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page");
    fs::write(&file, golden(&any_recording()).replace("<now>", "1")).expect("written");
    let promtool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rig/peers/peer.sh");
    let page = fs::File::open(&file).expect("the page");
    let output = Command::new(promtool).args(["promtool", "check", "metrics"]).stdin(page).output().expect("the rig");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{words}\n(no promtool? run `scripts/setup.sh peers`)");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

fn any_recording() -> PathBuf {
    recordings().into_iter().map(|(_, root)| root).find(|root| root.ends_with("healthy")).expect("a healthy machine")
}

/// A role is sticky: what was seen once is expected after everything has gone.
#[test]
fn what_was_seen_is_expected_when_it_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, state) = (folder.path().join("root"), folder.path().join("state").display().to_string());
    copy(&any_recording(), &root);
    let arguments = ["once", "--root", &root.display().to_string(), "--state-dir", &state];
    assert_eq!(run(&arguments).code, 0);

    fs::remove_dir_all(&root).expect("gone");
    fs::create_dir(&root).expect("an empty machine");
    let page = Page::read(&run(&arguments).out).expect("a page");
    let value = |family, labels: &[(&str, &str)]| page.value(family, labels).map(|value| value.to_string());
    assert_eq!(value("gjallarhorn_role_expected", &[("role", "zfs")]).as_deref(), Some("1"));
    assert_eq!(value("gjallarhorn_role_active", &[("role", "zfs")]).as_deref(), Some("0"));
    assert_eq!(value("zfs_pool_imported", &[("pool", "tank")]).as_deref(), Some("0"), "the pool is missed by name");
}

/// A machine whose module was loaded after the exporter had started.
#[test]
fn a_role_that_is_found_late_joins_at_a_reload() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, state) = (folder.path().join("root"), folder.path().join("state"));
    fs::create_dir(&root).expect("an empty machine");
    let service = Service::start(&["--root", &root.display().to_string(), "--state-dir", &state.display().to_string()]);
    assert!(!service.page().contains("zfs_up"));
    assert_eq!(service.ask("GET", "/explain/zfs").0, "HTTP/1.1 404 Not Found");

    copy(&any_recording(), &root);
    assert_eq!(service.ask("POST", "/-/reload").1.trim(), "found: zfs");
    assert!(service.page().contains("zfs_up 1\n"));
    let (status, words) = service.ask("GET", "/explain/zfs");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(words.contains("Pool tank") && words.contains("ZfsPoolSuspended"), "{words}");
}

/// A changed section builds its role anew, in place.
#[test]
fn a_changed_configuration_is_taken_over_at_a_reload() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.yaml");
    fs::write(&file, "zfs: {}\n").expect("written");
    let (root, file, state) =
        (any_recording().display().to_string(), file.display().to_string(), folder.path().join("state"));
    let service = Service::start(&["--root", &root, "--state-dir", &state.display().to_string(), "--config", &file]);
    service.ready();
    assert!(!service.page().contains("pool=\"archive\""));

    fs::write(&file, "zfs: {expected: [archive]}\n").expect("written");
    assert_eq!(service.ask("POST", "/-/reload").1.trim(), "anew: zfs");
    assert!(service.page().contains("zfs_pool_imported{pool=\"archive\"} 0\n"));
    assert!(service.page().contains("zfs_pool_imported{pool=\"tank\"} 1\n"));
}
