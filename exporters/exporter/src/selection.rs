//! Which roles run here: the named ones, or whatever the machine has or once had.

use gjallarhorn_service::{Failure, FailureKind};

use crate::cli::Options;
use crate::place::Place;
use crate::registry::{self, Kind, ROLES};
use crate::sticky::Memory;

/// One role and what is known of it on this machine.
pub(crate) struct Candidate {
    pub(crate) kind: &'static Kind,
    /// What the machine offers to it, in words.
    pub(crate) sight: Result<String, Failure>,
    /// Named on the command line, or seen on this machine before.
    pub(crate) expected: bool,
}

impl Candidate {
    /// A role that neither finds anything nor is expected is not run.
    pub(crate) fn runs(&self) -> bool {
        self.expected || !self.finds_nothing()
    }

    /// The machine has nothing for the role: that is no failure. Not being allowed to look is one.
    pub(crate) fn finds_nothing(&self) -> bool {
        matches!(&self.sight, Err(failure) if failure.kind == FailureKind::Absent)
    }
}

/// Looks at the machine for every role that may run. Blocks.
pub(crate) fn candidates(options: &Options, place: &Place, memory: &Memory) -> Vec<Candidate> {
    let named: Vec<&Kind> = options.roles.iter().filter_map(|name| registry::by_name(name)).collect();
    let kinds = ROLES.iter().filter(|kind| named.is_empty() || named.iter().any(|named| named.name == kind.name));
    let candidate = |kind: &'static Kind| Candidate {
        kind,
        sight: (kind.look)(&place.root),
        expected: !named.is_empty() || memory.knows(kind.name),
    };
    kinds.map(candidate).collect()
}
