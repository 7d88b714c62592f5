//! `/proc/swaps`, with paths that anybody may have chosen.

#![no_main]

use gjallarhorn_role_node::parse::swaps::swaps;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(swaps) = swaps(bytes) else { return };
    let lines = bytes.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.trim_ascii().is_empty()).count();
    assert_eq!(swaps.devices.len() + swaps.problems.len(), lines, "a line that is not understood is swap all the same");
    assert_eq!(swaps.is_off(), lines == 0);
});
