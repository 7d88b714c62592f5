//! A certificate file, as it may lie in the folder of a node.

#![no_main]

use gjallarhorn_role_quorum::parse::certificate::{first, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read(bytes);
    if let Ok((der, certificate)) = first(bytes) {
        assert_eq!(read(&der), Ok(certificate), "a file and its bytes are one certificate");
    }
});
