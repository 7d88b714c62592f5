//! What the bytes mean: pure functions from bytes to values. They know no file, no device and no clock.
//!
//! - [`question`]: the closed list of what the firmware may be asked. Nothing else can be encoded.
//! - [`message`]: the property message that carries a question to the firmware and its answer back.
//! - [`text`], [`pmic`], [`throttle`]: what the firmware's texts and bits mean.
//! - [`reading`]: what the firmware is asked at the slow pace, and the two ways to each value.
//! - [`exchange`], [`answer`]: how questions travel to the child process, and how it hands the answers on.
//! - [`sysfs`], [`tree`], [`board`]: the kernel's files, the device tree and the model.

use gjallarhorn_service::FailureKind;

pub mod answer;
pub mod board;
pub mod exchange;
pub mod message;
pub mod pmic;
pub mod question;
pub mod reading;
pub mod sysfs;
pub mod text;
pub mod throttle;
pub mod tree;

/// Why bytes gave no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The firmware has no such command, or left the tag unanswered.
    #[error("the firmware does not know it")]
    Unknown,
    /// The firmware answered with an error of its own.
    #[error("the firmware said: {0}")]
    Refused(String),
    /// Bytes that do not have the documented form.
    #[error("not of the documented form: {0:?}")]
    Malformed(String),
}

impl Refusal {
    /// Bytes of another form; quotes so many of them that a person can see what they are.
    #[must_use]
    pub fn malformed(bytes: &[u8]) -> Refusal {
        const QUOTED: usize = 60;
        Refusal::Malformed(String::from_utf8_lossy(bytes.get(..QUOTED).unwrap_or(bytes)).into_owned())
    }

    /// The word for labels.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Refusal::Unknown => FailureKind::Unsupported,
            Refusal::Refused(_) => FailureKind::Refused,
            Refusal::Malformed(_) => FailureKind::Malformed,
        }
    }
}
