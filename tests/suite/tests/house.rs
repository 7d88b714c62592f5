//! The house rules, held against this checkout.

use anyhow::Result;
use gjallarhorn_rig::place::checkout;
use gjallarhorn_suite::house::{Graph, licences, sources};
use gjallarhorn_suite::tree;

#[test]
fn no_arrow_outside_the_picture() -> Result<()> {
    assert_eq!(Graph::of_checkout()?.strange_arrows(), [""; 0]);
    Ok(())
}

#[test]
fn licences_are_on_the_list() -> Result<()> {
    assert_eq!(licences::unwelcome(&Graph::of_checkout()?), [""; 0]);
    Ok(())
}

#[test]
fn one_version_of_each_crate() -> Result<()> {
    assert_eq!(Graph::of_checkout()?.needless_twins(), [""; 0]);
    Ok(())
}

#[test]
fn sources_keep_the_house_rules() -> Result<()> {
    let root = checkout();
    let mut findings = Vec::new();
    for file in tree::files(&root, ".rs")? {
        findings.extend(sources::judge(&file.to_string_lossy(), &tree::read(&root.join(&file))?));
    }
    assert_eq!(findings, [""; 0]);
    Ok(())
}
