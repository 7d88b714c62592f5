//! What the Pi's firmware says to a text command.

#![no_main]

use gjallarhorn_role_pi::parse::{pmic, text};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = (text::throttled(bytes), text::frequency(bytes), text::setting(bytes, "arm_freq"));
    for number in [text::temperature(bytes), text::volts(bytes)].into_iter().flatten() {
        assert!(number.is_finite(), "what is not a number is no reading");
    }
    if let Ok(readings) = pmic::readings(bytes) {
        assert!(readings.volts.values().chain(readings.amperes.values()).all(|value| value.is_finite()));
        assert!(readings.watts().is_none_or(f64::is_finite));
    }
});
