//! A root made of files and links.

use std::os::unix::fs::symlink;

use super::*;

fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    for path in ["etc/systemd/system", "usr/lib", "nix/store"] {
        fs::create_dir_all(folder.path().join(path)).unwrap();
    }
    fs::write(folder.path().join("nix/store/fstab"), "/swap.img none swap sw 0 0\n").unwrap();
    symlink("/nix/store/fstab", folder.path().join("etc/fstab")).unwrap();
    symlink("usr/lib", folder.path().join("lib")).unwrap();
    symlink("/dev/null", folder.path().join("etc/systemd/system/swap.target")).unwrap();
    let root = Root::new(folder.path());
    (folder, root)
}

#[test]
fn an_absolute_link_stays_below_the_root() {
    let (_folder, root) = root();
    assert_eq!(root.text("etc/fstab", 100).unwrap(), "/swap.img none swap sw 0 0\n");
    assert_eq!(root.end_of("etc/fstab").unwrap(), "/nix/store/fstab");
    assert_eq!(root.end_of("etc/../../../etc/./fstab").unwrap(), "/nix/store/fstab");
    assert_eq!(root.text("etc/fstab", 5).unwrap_err().kind, FailureKind::Oversized);
}

#[test]
fn a_link_is_looked_at_and_not_followed() {
    let (_folder, root) = root();
    assert_eq!(root.entry("etc/systemd/system/swap.target").unwrap(), Entry::Link("/dev/null".into()));
    assert_eq!(root.entry("lib").unwrap(), Entry::Link("usr/lib".into()));
    assert_eq!(root.entry("lib/nothing").unwrap(), Entry::Absent);
    assert_eq!(root.entry("usr").unwrap(), Entry::Folder);
    assert_eq!(root.entry("nix/store/fstab").unwrap(), Entry::File(27));
    assert_eq!(root.list("nothing").unwrap(), Vec::<String>::new());
    assert_eq!(root.list("usr").unwrap(), ["lib"]);
}

#[test]
fn a_circle_of_links_is_refused() {
    let (folder, root) = root();
    symlink("b", folder.path().join("a")).unwrap();
    symlink("/a", folder.path().join("b")).unwrap();
    assert_eq!(root.text("a", 100).unwrap_err().kind, FailureKind::Refused);
}

#[test]
fn without_etc_the_host_is_not_there() {
    let (folder, root) = root();
    assert!(root.is_of_host().is_ok());
    let bare = Root::new(&folder.path().join("usr"));
    assert_eq!(bare.is_of_host().unwrap_err().kind, FailureKind::Absent);
}
