//! Configuration files: each bad one is refused with exactly the words beside it, and exit code 2.

use std::fs;
use std::path::Path;

use crate::program::run_in;

#[test]
fn every_bad_file_is_refused_with_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-config");
    let entries = fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let files = entries.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".yaml"));
    let mut tried = 0;
    for file in files {
        let message = fs::read_to_string(folder.join(&file).with_extension("txt")).unwrap_or_default();
        for verb in ["check", "once", "serve"] {
            let ran = run_in(&folder, &[verb, "--web.listen-address", "127.0.0.1:0", "--config", &file]);
            assert_eq!((ran.code, ran.err.as_str(), ran.out.as_str()), (2, message.as_str(), ""), "{verb} {file}");
        }
        tried += 1;
    }
    assert!(tried >= 14, "only {tried} bad files were found");
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let ran = run_in(Path::new("."), &["check", "--config", "absent.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("absent.yaml"), "{}", ran.err);
}

#[test]
fn good_files_are_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = "zfs:\n  expected: [tank]\n  forget: [old]\n  interval: 30s\n  deadline: 5s\n  stale-after: 10m\n";
    for text in ["", "# nothing but words\n", "{}\n", "zfs: {}\n", whole] {
        fs::write(folder.path().join("config.yaml"), text).expect("written");
        let ran = run_in(folder.path(), &["check", "--config", "config.yaml", "--root", ".", "--state-dir", "state"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{text:?}");
        assert!(ran.out.starts_with("configuration: good\n"), "{}", ran.out);
    }
}
