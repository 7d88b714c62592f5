//! `safe-to-stop` and the paths of the quorum role, on a machine whose members cannot be asked.

use std::fs;
use std::path::Path;

use crate::program::{Service, run};

/// A node that has lost its key: its files say who should be there.
fn machine() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let backend = root.path().join("var/snap/microk8s/current/var/kubernetes/backend");
    fs::create_dir_all(&backend).expect("a folder");
    fs::write(backend.join("info.yaml"), "Address: 10.0.0.1:19001\nID: 1\nRole: 0\n").expect("written");
    fs::write(backend.join("cluster.yaml"), "- Address: 10.0.0.1:19001\n  ID: 1\n  Role: 0\n").expect("written");
    root
}

fn flags(root: &Path) -> Vec<String> {
    let folder = root.display().to_string();
    ["--role", "quorum", "--root", &folder, "--state-dir", &folder].map(String::from).to_vec()
}

#[test]
fn who_cannot_tell_says_so_with_exit_code_3() {
    let root = machine();
    let ran = run(&[flags(root.path()), vec!["safe-to-stop".into(), "10.0.0.1".into()]].concat());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (3, "Cannot tell whether 10.0.0.1 may be stopped: the members have not been asked.\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_service_answers_over_http() {
    let root = machine();
    let service = Service::start(&flags(root.path()));
    service.ready();
    let (status, body) = service.ask("GET", "/v1/safe-to-stop?node=10.0.0.1");
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    let told: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((&told["answer"], &told["exit_code"]), (&"cannot-tell".into(), &3.into()), "{body}");
    assert_eq!(service.ask("GET", "/v1/quorum").0, "HTTP/1.1 200 OK");
    assert_eq!(service.ask("GET", "/v1/nothing").0, "HTTP/1.1 404 Not Found");
    assert!(
        service.page().contains("quorum_view_authority{cluster=\"microk8s\",backend=\"dqlite\",source=\"file\"} 1")
    );

    // The verb asks the service, and gives its answer.
    let asked = ["safe-to-stop", "10.0.0.1", "--web.listen-address", &service.address.to_string()];
    let ran = run(&asked);
    assert_eq!((ran.code, ran.out.trim()), (3, told["sentence"].as_str().expect("a sentence")), "{}", ran.err);
}
