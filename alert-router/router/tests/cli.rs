//! The real program, asked on the command line.

#![expect(clippy::expect_used, reason = "a step that fails ends the test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn router(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gjallarhorn-router"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn config(text: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("router.yaml");
    let state = folder.path().join("state");
    std::fs::create_dir(&state).expect("makes");
    std::fs::write(&path, format!("{text}\nstate_dir: {}\n", state.display())).expect("writes");
    let path = path.display().to_string();
    (folder, path)
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn help_names_every_verb_and_its_exit_codes() {
    let help = words(&router(&["--help"]).output().expect("runs"));
    for word in ["serve", "check", "explain", "render", "send-test", "--config", "Exit codes"] {
        assert!(help.contains(word), "{word} in\n{help}");
    }
}

#[test]
fn an_open_door_is_refused_with_2_unless_one_insists() {
    let (_folder, path) = config("listen: [\":0\"]");
    let refused = router(&["serve", "--config", &path]).output().expect("runs");
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(words(&refused).contains("--allow-unauthenticated"));
    let insisted =
        router(&["check", "--offline", "--allow-unauthenticated", "--config", &path]).output().expect("runs");
    assert_eq!(insisted.status.code(), Some(0), "{}", words(&insisted));
}

#[test]
fn check_says_what_does_not_answer_without_its_secret() {
    let (folder, _) = config("");
    let token = "planted-webhook-token";
    let secret = folder.path().join("webhook");
    // Port 9 of this machine: nothing listens there.
    std::fs::write(&secret, format!("http://127.0.0.1:9/api/webhooks/1/{token}")).expect("writes");
    let target = format!("{{webhook_url_file: {}, allow_http_loopback: true}}", secret.display());
    let (_other, path) = config(&format!("discord:\n  phone: {target}"));
    let checked = router(&["check", "--config", &path]).output().expect("runs");
    assert_eq!(checked.status.code(), Some(1), "{}", words(&checked));
    assert!(words(&checked).contains("discord phone: ") && !words(&checked).contains(token), "{}", words(&checked));
}

#[test]
fn a_missing_secret_is_named_by_its_file() {
    let (_folder, path) = config("discord:\n  phone: {webhook_url_file: /nowhere/at/all}");
    let checked = router(&["check", "--config", &path]).output().expect("runs");
    assert_eq!(checked.status.code(), Some(1));
    assert!(words(&checked).contains("/nowhere/at/all"), "{}", words(&checked));
}

#[test]
fn render_shows_the_line_of_a_webhook() {
    let mut running = router(&["render", "-", "--target", "line"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let body = br#"{"groupKey":"k","alerts":[{"status":"firing","startsAt":"2026-01-05T02:10:00Z",
        "labels":{"alertname":"ZfsPoolDegraded","severity":"critical","instance":"odin"},
        "annotations":{"summary":"odin: pool tank DEGRADED, can lose 0 more disks. Replace it"}}]}"#;
    running.stdin.take().expect("an input").write_all(body).expect("writes");
    let output = running.wait_with_output().expect("ends");
    assert_eq!(words(&output).trim_end(), "🔴 odin: pool tank DEGRADED, can lose 0 more disks. Replace it");
}

#[test]
fn explain_without_a_journal_says_so() {
    let (folder, path) = config("");
    let explained = router(&["explain", "--config", &path]).output().expect("runs");
    assert_eq!(explained.status.code(), Some(1));
    assert!(words(&explained).contains("there is no journal: "), "{}", words(&explained));
    assert!(!Path::new(&folder.path().join("state/journal.db")).exists(), "asking makes none");
}
