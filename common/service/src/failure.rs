//! What can go wrong with a source, as one bounded set of words.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// Why a source gave nothing. Each word is a value of the labels `state` and `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// The thing is not there.
    Absent,
    /// The thing is there and we may not read it.
    Denied,
    /// The peer or the kernel answered, and the answer was no.
    Refused,
    /// It answered after its deadline, or the deadline passed and it was given up.
    Timeout,
    /// It has not come back yet; it is not asked again until it does.
    Blocked,
    /// More bytes or items than the limit.
    Oversized,
    /// Bytes that do not have the documented form.
    Malformed,
    /// A form, version or state we do not know.
    Unsupported,
    /// The worker that would answer is gone.
    Lost,
}

impl FailureKind {
    /// Every kind, in the order of [`FailureKind::WORDS`].
    pub const ALL: [FailureKind; 9] = [
        FailureKind::Absent,
        FailureKind::Denied,
        FailureKind::Refused,
        FailureKind::Timeout,
        FailureKind::Blocked,
        FailureKind::Oversized,
        FailureKind::Malformed,
        FailureKind::Unsupported,
        FailureKind::Lost,
    ];

    /// Every word that [`FailureKind::word`] can give.
    pub const WORDS: &'static [&'static str] =
        &["absent", "denied", "refused", "timeout", "blocked", "oversized", "malformed", "unsupported", "lost"];

    /// The label value.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The kind of an error of the operating system.
    #[must_use]
    pub fn of_io(error: &io::Error) -> FailureKind {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FailureKind::Absent,
            io::ErrorKind::PermissionDenied => FailureKind::Denied,
            io::ErrorKind::TimedOut => FailureKind::Timeout,
            io::ErrorKind::InvalidData => FailureKind::Malformed,
            io::ErrorKind::Unsupported => FailureKind::Unsupported,
            io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => FailureKind::Lost,
            _ => FailureKind::Refused,
        }
    }
}

/// A failed attempt: what we were doing, to what, and why it failed.
///
/// `Display` reads well after "failed to …" and does not repeat its source; whoever logs walks the chain
/// ([`chain`]).
#[derive(Debug)]
pub struct Failure {
    /// The word for labels.
    pub kind: FailureKind,
    /// The verb: `read`, `list`, `ask`.
    pub doing: &'static str,
    /// What it was done to: a path, a device, a pool.
    pub what: String,
    /// The error beneath, if there is one.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure without an error beneath it.
    #[must_use]
    pub fn new(kind: FailureKind, doing: &'static str, what: impl Into<String>) -> Failure {
        Failure { kind, doing, what: what.into(), source: None }
    }

    /// The same with the reason beneath it (an error, or a text).
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
        self.source = Some(source.into());
        self
    }

    /// A failure of the operating system at a path.
    #[must_use]
    pub fn io(doing: &'static str, path: &Path, error: io::Error) -> Failure {
        Failure::new(FailureKind::of_io(&error), doing, path.display().to_string()).because(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}: {}", self.doing, self.what, self.kind.word())
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// An error and everything beneath it on one line, for logs and for pages.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut beneath = error.source();
    while let Some(error) = beneath {
        line.push_str(": ");
        line.push_str(&error.to_string());
        beneath = error.source();
    }
    line
}
