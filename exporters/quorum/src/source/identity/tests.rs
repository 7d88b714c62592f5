use rcgen::KeyPair;

use super::*;
use crate::source::fake::Pair;

#[test]
fn an_identity_is_the_pair_of_files() {
    let folder = tempfile::tempdir().unwrap();
    Pair::new("host1").write(folder.path());
    let identity = Keyring::new(folder.path()).current().unwrap();
    assert_eq!(identity.name, ServerName::try_from("host1").unwrap());
    assert_eq!(identity.certificate.names, ["host1"]);
}

#[test]
fn a_replaced_pair_is_read_again_and_the_same_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut keyring = Keyring::new(folder.path());
    Pair::new("host1").write(folder.path());
    let first = keyring.current().unwrap();
    assert!(Arc::ptr_eq(&first, &keyring.current().unwrap()));
    Pair::new("host2").write(folder.path());
    let second = keyring.current().unwrap();
    assert_ne!(first.certificate.fingerprint, second.certificate.fingerprint);
    std::fs::remove_file(folder.path().join("cluster.key")).unwrap();
    assert_eq!(keyring.current().unwrap_err().kind, FailureKind::Absent);
}

#[test]
fn half_a_rotation_is_told_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let mut keyring = Keyring::new(folder.path());
    let (old, new) = (Pair::new("host1"), Pair::new("host1"));
    old.write(folder.path());
    keyring.current().unwrap();
    std::fs::write(folder.path().join("cluster.crt"), new.certificate.pem()).unwrap();
    let failure = keyring.current().unwrap_err();
    assert_eq!((failure.kind, failure.doing), (FailureKind::Malformed, "use"));
    new.write(folder.path());
    assert!(keyring.current().is_ok());
}

#[test]
fn what_is_no_identity_is_told_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let told = |certificate: &str, key: &str| {
        std::fs::write(folder.path().join("cluster.crt"), certificate).unwrap();
        std::fs::write(folder.path().join("cluster.key"), key).unwrap();
        let failure = Keyring::new(folder.path()).current().unwrap_err();
        (failure.kind, failure.what.rsplit('/').next().unwrap().to_owned())
    };
    let pair = Pair::new("host1");
    let nameless = Pair::spoilt(KeyPair::generate().unwrap(), "x", |params| params.subject_alt_names.clear());
    let (pem, key) = (pair.certificate.pem(), pair.key.serialize_pem());
    assert_eq!(told("", &key), (FailureKind::Malformed, "cluster.crt".into()));
    assert_eq!(told(&nameless.certificate.pem(), &key), (FailureKind::Unsupported, "cluster.crt".into()));
    assert_eq!(told(&pem, ""), (FailureKind::Malformed, "cluster.key".into()));
    assert_eq!(told(&pem, &"x".repeat(70_000)), (FailureKind::Oversized, "cluster.key".into()));
}

#[test]
fn nothing_shows_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new("host1");
    pair.write(folder.path());
    let mut keyring = Keyring::new(folder.path());
    let shown = format!("{:?} {keyring:?}", keyring.current().unwrap());
    let key = pair.key.serialize_pem();
    let line = key.lines().nth(1).unwrap();
    // A key whose line is broken: the error must not repeat it.
    std::fs::write(folder.path().join("cluster.key"), key.replace("-----BEGIN", "----BEGIN")).unwrap();
    let failure = keyring.current().unwrap_err();
    let shown = format!("{shown} {failure:?} {}", gjallarhorn_service::failure::chain(&failure));
    assert!(!shown.contains(line) && !shown.contains(&line[..20]), "{shown}");
}
