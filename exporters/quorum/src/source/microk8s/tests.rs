use std::net::Ipv4Addr;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use gjallarhorn_service::failure::chain;
use tempfile::TempDir;

use super::*;
use crate::parse::wire::Role;
use crate::source::fake::Pair;

/// A machine with MicroK8s as its installer leaves it: `current` is a link to the revision.
fn machine() -> (TempDir, Microk8s) {
    let root = tempfile::tempdir().unwrap();
    let revision = root.path().join("var/snap/microk8s/7890");
    for folder in ["args", "certs", "var/lock", "var/kubernetes/backend"] {
        fs::create_dir_all(revision.join(folder)).unwrap();
    }
    symlink("7890", root.path().join("var/snap/microk8s/current")).unwrap();
    fs::create_dir_all(root.path().join("snap/microk8s/7890/meta")).unwrap();
    symlink("7890", root.path().join("snap/microk8s/current")).unwrap();
    let microk8s = Microk8s::new(root.path());
    (root, microk8s)
}

fn put(root: &TempDir, path: &str, text: &str) {
    fs::write(root.path().join(path), text).unwrap();
}

#[test]
fn a_node_tells_who_it_is_and_whom_it_knows() {
    let (root, microk8s) = machine();
    let backend = "var/snap/microk8s/current/var/kubernetes/backend";
    put(&root, &format!("{backend}/info.yaml"), "Address: 10.0.0.1:19001\nID: 3297041220608546238\nRole: 0\n");
    put(&root, &format!("{backend}/cluster.yaml"), "- Address: 10.0.0.1:19001\n  ID: 3297041220608546238\n  Role: 1\n");
    put(&root, &format!("{backend}/failure-domain"), "4\n");
    let info = microk8s.info().unwrap();
    assert_eq!((info.address.as_str(), info.id), ("10.0.0.1:19001", 3_297_041_220_608_546_238));
    let table = microk8s.table().unwrap();
    assert_eq!((table.members.len(), table.members[0].role), (1, Role::Standby));
    assert!(table.written.is_some());
    assert_eq!(microk8s.failure_domain().unwrap(), 4);
    assert!(microk8s.present().is_ok());
}

#[test]
fn a_moved_database_is_found() {
    let (root, microk8s) = machine();
    assert_eq!(microk8s.backend(), root.path().join("var/snap/microk8s/current/var/kubernetes/backend"));
    put(&root, "var/snap/microk8s/current/args/k8s-dqlite", "--storage-dir=${SNAP_DATA}/elsewhere\n");
    assert_eq!(microk8s.backend(), root.path().join("var/snap/microk8s/current/elsewhere"));
    put(&root, "var/snap/microk8s/current/args/k8s-dqlite", "--storage-dir=/mnt/ssd\n");
    assert_eq!(microk8s.backend(), root.path().join("mnt/ssd"));
}

#[test]
fn locks_explain_what_is_off() {
    let (root, microk8s) = machine();
    assert_eq!(microk8s.locks().unwrap(), BTreeSet::new());
    for lock in ["ha-cluster", "low-memory-guard.lock", "cni-loaded"] {
        put(&root, &format!("var/snap/microk8s/current/var/lock/{lock}"), "");
    }
    assert_eq!(microk8s.locks().unwrap(), BTreeSet::from([Lock::HaCluster, Lock::LowMemory]));
}

#[test]
fn certificates_are_read_from_both_places() {
    let (root, microk8s) = machine();
    let (cluster, server) = (Pair::new("host1"), Pair::new("kubernetes"));
    cluster.write(&microk8s.backend());
    put(&root, "var/snap/microk8s/current/certs/server.crt", &server.certificate.pem());
    put(&root, "var/snap/microk8s/current/certs/ca.crt", "no certificate");
    assert_eq!(microk8s.certificate("cluster.crt").unwrap().names, ["host1"]);
    assert_eq!(microk8s.certificate("server.crt").unwrap().names, ["kubernetes"]);
    assert_eq!(microk8s.certificate("ca.crt").unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(microk8s.certificate("front-proxy-client.crt").unwrap_err().kind, FailureKind::Absent);
}

#[test]
fn the_snap_has_a_version_and_a_revision() {
    let (root, microk8s) = machine();
    put(&root, "snap/microk8s/current/meta/snap.yaml", "name: microk8s\nversion: v1.32.3\n");
    assert_eq!(microk8s.snap().unwrap(), Snap { version: "v1.32.3".into(), revision: Some("7890".into()) });
}

#[test]
fn disk_requests_are_counted_by_the_kernel() {
    let (root, microk8s) = machine();
    fs::create_dir_all(root.path().join("proc/sys/fs")).unwrap();
    put(&root, "proc/sys/fs/aio-nr", "1024\n");
    put(&root, "proc/sys/fs/aio-max-nr", "65536\n");
    assert_eq!(microk8s.aio().unwrap(), Aio { reserved: 1024, limit: 65_536 });
    assert!(Microk8s::new(Path::new("/")).aio().unwrap().limit > 0);
}

#[test]
fn what_is_not_there_is_absent_and_what_is_wrong_malformed() {
    let (root, microk8s) = machine();
    assert_eq!(Microk8s::new(&root.path().join("x")).present().unwrap_err().kind, FailureKind::Absent);
    assert_eq!(microk8s.info().unwrap_err().kind, FailureKind::Absent);
    put(&root, "var/snap/microk8s/current/var/kubernetes/backend/info.yaml", "ID: many\n");
    let failure = microk8s.info().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(chain(&failure).contains("info.yaml: malformed: "), "{}", chain(&failure));
}

/// Root reads everything, so this thread is another user to the file system.
#[test]
fn what_is_denied_names_the_command() {
    let as_nobody = || {
        nix::unistd::setfsuid(nix::unistd::Uid::from_raw(65_534));
        let (root, microk8s) = machine();
        let backend = root.path().join("var/snap/microk8s/7890/var/kubernetes/backend");
        Pair::new("host1").write(&backend);
        fs::set_permissions(&backend, fs::Permissions::from_mode(0o000)).unwrap();
        let failures = [
            microk8s.info().unwrap_err(),
            microk8s.table().unwrap_err(),
            microk8s.certificate("cluster.crt").unwrap_err(),
            crate::source::identity::Keyring::new(&microk8s.backend()).current().unwrap_err(),
            crate::source::raft::Folder::new(&microk8s.backend()).look().unwrap_err(),
        ];
        fs::set_permissions(&backend, fs::Permissions::from_mode(0o700)).unwrap();
        failures.map(|failure| (failure.kind, chain(&failure)))
    };
    for (kind, words) in std::thread::spawn(as_nobody).join().unwrap() {
        assert_eq!(kind, FailureKind::Denied, "{words}");
        assert!(words.contains("`sudo usermod -aG microk8s "), "{words}");
    }
}

#[test]
fn the_machine_knows_its_addresses() {
    assert_eq!(is_local(Ipv4Addr::LOCALHOST.into()), Some(true));
    // Of the networks that are for books only.
    assert_eq!(is_local(Ipv4Addr::new(192, 0, 2, 1).into()), Some(false));
}
