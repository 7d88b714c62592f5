//! `promtool check metrics` takes the golden page without a word, and would say one if it were bad.
#![expect(clippy::disallowed_methods, reason = "where promtool stands is told by the environment")]
#![expect(clippy::expect_used, reason = "a helper of a test may end the test")]

mod everything;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `GJALLARHORN_PROMTOOL`, or Debian's, which the rig unpacks into the cache when it is not there yet.
fn promtool() -> Command {
    if let Ok(given) = std::env::var("GJALLARHORN_PROMTOOL") {
        return Command::new(given);
    }
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rig/peers/peer.sh"));
    command.arg("promtool");
    command
}

fn check(page: &str) -> Output {
    let mut child = promtool()
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("no promtool: run `scripts/setup.sh peers`, or set GJALLARHORN_PROMTOOL");
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
    let words = [output.stdout, output.stderr].concat();
    let words = String::from_utf8_lossy(&words);
    assert!(words.contains("_total"), "promtool took a counter without `_total`, so its yes means nothing: {words}");
}
