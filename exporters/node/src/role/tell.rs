//! What is told of a source that reads several things.

use gjallarhorn_service::health::Health;
use gjallarhorn_service::{Failure, Timestamp};

use super::{NAME, again};

/// One thing that was read, and what it failed with.
pub(super) type Told<'a> = (&'a str, Option<&'a Failure>);

/// A round is well if everything was read. What was not has a row of its own for as long as it lasts, unless nothing was read at
/// all: then one row says it for all. Rows are not free: each is twenty series.
pub(super) fn tell(health: &Health, source: &'static str, now: Timestamp, told: &[Told<'_>]) -> Result<(), Failure> {
    let some = told.iter().any(|(_, failure)| failure.is_none());
    for (item, failure) in told {
        match failure {
            Some(failure) if some => health.source(NAME, source, item, None).failed_with(failure, now, now.elapsed()),
            _ => health.retire(NAME, source, item),
        }
    }
    told.iter().find_map(|(_, failure)| *failure).map_or(Ok(()), |failure| Err(again(failure)))
}
