//! `promtool check metrics` takes the golden page without a word, and would say one if it were bad.
#![expect(clippy::disallowed_methods, reason = "where promtool stands is told by the environment")]
#![expect(clippy::expect_used, reason = "a helper of a test may end the test")]

mod everything;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// `GJALLARHORN_PROMTOOL`, then PATH, then the cache that the rig fills.
fn promtool() -> PathBuf {
    let given = std::env::var("GJALLARHORN_PROMTOOL").map(PathBuf::from).ok();
    let path = std::env::var("PATH").unwrap_or_default();
    let cache = std::env::var("GJALLARHORN_CACHE").map(PathBuf::from).ok();
    let home = std::env::var("HOME").map(|home| PathBuf::from(home).join(".cache/gjallarhorn")).ok();
    let unpacked = cache.or(home).map(|cache| cache.join("debian/usr/bin/promtool"));
    let on_path = path.split(':').map(|folder| PathBuf::from(folder).join("promtool"));
    given.into_iter().chain(on_path).chain(unpacked).find(|file| file.is_file()).expect(
        "no promtool: run `scripts/peers` (unpacks Debian's into the cache), or `apt-get install prometheus`, \
         or set GJALLARHORN_PROMTOOL",
    )
}

fn check(page: &str) -> Output {
    let mut child = Command::new(promtool())
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    child.stdin.take().expect("a pipe").write_all(page.as_bytes()).expect("promtool reads the page");
    child.wait_with_output().expect("promtool ends")
}

#[test]
fn promtool_takes_the_golden_page() {
    let output = check(&everything::page());
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn promtool_refuses_a_counter_without_total() {
    let output = check("# HELP reads Reads.\n# TYPE reads counter\nreads 1\n");
    assert!(!output.status.success(), "promtool took a counter without `_total`, so its yes means nothing");
}
