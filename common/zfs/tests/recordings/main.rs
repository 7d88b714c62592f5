//! What real kernels said, read into the model: one golden page for each recorded pool.
//!
//! The recordings under `fixtures/<OpenZFS version>/<state>/` were made in a guest by `tests/rig/zfs`. A page that
//! changes is looked at, and then accepted with `INSTA_UPDATE=always`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test; its helpers stand outside of test functions")]

mod damage;
mod kstats;
mod page;

use std::path::{Path, PathBuf};

use gjallarhorn_service::bounded;
use gjallarhorn_zfs::parse::config;
use gjallarhorn_zfs::parse::reply::Reply;

/// One recorded pool.
struct Recording {
    /// `2.3.9`.
    version: String,
    /// `disk-gone`.
    state: String,
    pool: String,
    reply: Reply,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn names(folder: &Path) -> Vec<String> {
    bounded::list(folder, 1000).unwrap_or_else(|error| panic!("{error}"))
}

/// Every recorded pool of every machine.
fn recordings() -> Vec<Recording> {
    let mut all = Vec::new();
    for version in names(&fixtures()) {
        for state in names(&fixtures().join(&version)) {
            let folder = fixtures().join(&version).join(&state).join("dev/zfs");
            // The device of a machine that hung did not answer.
            for file in bounded::list(&folder, 1000).unwrap_or_default() {
                let bytes = bounded::read(&folder.join(&file), 1 << 24).unwrap();
                let pool = file.strip_suffix(".pool_stats").unwrap().to_owned();
                let reply = Reply::from_recording(&bytes).unwrap();
                all.push(Recording { version: version.clone(), state: state.clone(), pool, reply });
            }
        }
    }
    all
}

#[test]
fn every_recording_reads_as_its_golden_page() {
    let recordings = recordings();
    assert!(recordings.len() >= 10, "only {} recordings were found", recordings.len());
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for one in recordings {
            let pool = config::reply(&one.reply.packed).unwrap();
            let name = format!("{}_{}_{}", one.version, one.state, one.pool.replace([':', ' '], "-"));
            insta::assert_snapshot!(name, page::write(&one.reply, &pool));
        }
    });
}

/// No recording of a known version may leave anything unread.
#[test]
fn every_byte_of_every_recording_is_understood() {
    for one in recordings() {
        let pool = config::reply(&one.reply.packed).unwrap();
        let place = format!("{}/{}/{}", one.version, one.state, one.pool);
        assert_eq!(pool.problems, [""; 0], "{place}");
        assert_eq!(pool.foreign_layouts, [], "{place}");
        assert_eq!(pool.name.as_deref(), Some(one.pool.as_str()), "{place}");
    }
}
