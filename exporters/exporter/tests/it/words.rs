//! What the verbs for people say.

use crate::program::{run, run_in};

#[test]
fn a_verb_or_role_that_does_not_exist_is_exit_code_2() {
    for arguments in [&["dance"][..], &["--role", "dance"], &["explain", "dance"], &["--log.level", "loud"]] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_help_names_ports_files_and_exit_codes() {
    let help = run(&["--help"]).out;
    for word in ["19134", "9134", "--state-dir", "roles.yaml", "Exit codes", "Examples", "zfs-exporter"] {
        assert!(help.contains(word), "{word} is not in the help:\n{help}");
    }
    assert!(!help.contains("zfs-child"), "the child's verb is hidden");
}

#[test]
fn completions_and_the_manual_page_are_printed() {
    assert!(run(&["completions", "bash"]).out.contains("gjallarhorn-exporter"));
    assert!(run(&["man"]).out.starts_with(".ie"));
}

#[test]
fn families_come_as_text_and_as_json() {
    let text = run(&["families"]).out;
    assert!(text.contains("zfs_pool_state{pool,state} gauge: "), "{text}");
    let json = run(&["families", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let families = json.as_array().expect("an array");
    assert_eq!(families.len(), text.lines().count());
    assert!(families.iter().all(|family| family["help"].is_string() && family["type"].is_string()));
}

#[test]
fn a_machine_without_anything_is_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run_in(folder.path(), &["check", "--root", ".", "--state-dir", "state"]);
    let discovered = run_in(folder.path(), &["discover", "--root", "."]).out;
    for role in ["zfs", "node", "pi", "quorum"] {
        let nothing = format!("{role}: nothing on this machine\n");
        assert!(ran.out.contains(&nothing) && discovered.contains(&nothing), "{}{discovered}", ran.out);
    }
    assert!(ran.out.starts_with("configuration: none, defaults\n"), "{}", ran.out);
    assert!(ran.out.ends_with("state: state, made at the first start\n"), "{}", ran.out);
    assert_eq!(ran.code, 0);
}

#[test]
fn an_expected_role_without_anything_is_not_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run_in(folder.path(), &["check", "--root", ".", "--state-dir", "state", "--role", "zfs"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("zfs: expected on this machine, and nothing is there"), "{}", ran.out);
}
