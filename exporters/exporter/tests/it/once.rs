//! `once` and the memory of roles, on a machine without ZFS and on recorded ones.

use std::fs;

use gjallarhorn_metrics::Value;
use gjallarhorn_metrics::parse::Page;

use crate::program::run;

fn once(root: &str, state: &str, more: &[&str]) -> Page {
    let ran = run(&[&["once", "--root", root, "--state-dir", state], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    Page::read(&ran.out).expect("a page that Prometheus takes")
}

fn role(page: &Page, family: &str) -> Option<Value> {
    page.value(family, &[("role", "zfs")])
}

#[test]
fn a_machine_without_zfs_says_so_and_nothing_else() {
    let (root, state) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let page = once(&root.path().display().to_string(), &state.path().display().to_string(), &[]);
    assert_eq!(role(&page, "gjallarhorn_role_expected"), Some(Value::Integer(0)));
    assert_eq!(role(&page, "gjallarhorn_role_active"), Some(Value::Integer(0)));
    assert!(page.families.iter().all(|family| family.name.starts_with("gjallarhorn_")), "{page:#?}");
    assert_eq!(page.samples("gjallarhorn_source_up", &[]).count(), 0, "nothing is read that is not there");
}

#[test]
fn a_named_role_is_expected_even_if_nothing_is_there() {
    let (root, state) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let page = once(&root.path().display().to_string(), &state.path().display().to_string(), &["--role", "zfs"]);
    assert_eq!(role(&page, "gjallarhorn_role_expected"), Some(Value::Integer(1)));
    assert_eq!(role(&page, "gjallarhorn_role_active"), Some(Value::Integer(0)));
}

#[test]
fn the_page_can_replace_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, file) = (folder.path().display().to_string(), folder.path().join("zfs.prom"));
    fs::write(&file, "old\n").expect("written");
    let output = file.display().to_string();
    let ran = run(&["once", "--root", &root, "--state-dir", &root, "--output", &output]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let page = Page::read(&fs::read_to_string(&file).expect("the file")).expect("a whole page");
    assert!(page.family("gjallarhorn_build_info").is_some());
    assert!(!folder.path().join("zfs.prom.new").exists(), "nothing is left beside it");
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().display().to_string();
    let output = folder.path().join("absent/zfs.prom").display().to_string();
    let ran = run(&["once", "--root", &root, "--state-dir", &root, "--output", &output]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&format!("write {output}: No such file or directory")), "{}", ran.err);
}
