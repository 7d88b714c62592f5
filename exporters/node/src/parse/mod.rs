//! Bytes in, values out. Nothing here knows a file, a clock or a metric, so that every parser can be fed by a test or a
//! fuzzer with whatever it likes.

pub mod arch;
pub mod auxv;
pub mod cgroups;
pub mod cmdline;
pub mod fstab;
pub mod ini;
pub mod kubelet;
pub mod machine_id;
pub mod mounts;
pub mod names;
pub mod octal;
pub mod rpi_swap;
pub mod shell;
pub mod stat;
pub mod swaps;
pub mod unit;
pub mod zram;

/// Bytes that do not have the documented form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct Malformed {
    /// What should have been there.
    pub expected: &'static str,
    /// The beginning of what was there.
    pub found: String,
}

impl Malformed {
    /// Longer texts are cut: they come from outside.
    const SHOWN: usize = 60;

    pub(crate) fn new(expected: &'static str, found: &str) -> Malformed {
        Malformed { expected, found: found.chars().take(Malformed::SHOWN).collect() }
    }
}
