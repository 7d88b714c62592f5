//! Properties of the device tree and small files of sysfs.

#![no_main]

use gjallarhorn_role_pi::parse::board::Board;
use gjallarhorn_role_pi::parse::{sysfs, tree};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = (tree::cell(bytes), tree::flag(bytes), tree::texts(bytes));
    let board = Board::of_tree(Some(bytes), Some(bytes), Some(bytes));
    let _ = (board.is_pi(), board.memory(), board.detects_undervoltage());
    let _ = (sysfs::integer(bytes), sysfs::natural(bytes), sysfs::flag(bytes), sysfs::kilohertz(bytes));
    if let Ok(Some(celsius)) = sysfs::celsius(bytes) {
        assert!(celsius > -40.0 && celsius < 200.0, "a sentinel is no temperature");
    }
});
