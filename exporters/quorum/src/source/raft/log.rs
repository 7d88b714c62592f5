//! Where the log ends: what the names say, and the entries in the segments that have no end in their names yet.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use gjallarhorn_service::{Failure, FailureKind};

use super::Log;
use super::file::{Identity, Segment};
use crate::parse::raft::log::Listing;
use crate::parse::raft::segment::{self, Walk};

/// Walks of one segment at one look; together they take more batches than fit into 8 MiB.
const WALKS: usize = 12;

/// What came of it.
pub(super) enum End {
    /// A segment was renamed or deleted before it was opened.
    Moved,
    /// The end, or why it cannot be told.
    Seen(Result<Log, Failure>),
}

/// Finds the end of the log, and keeps in `walks` how far the segments that are still there were walked.
pub(super) fn end(folder: &Path, listing: &Listing, walks: &mut BTreeMap<Identity, Walk>) -> End {
    let mut reader = Reader { folder, walks, walked: BTreeSet::new() };
    let end = match reader.end(listing) {
        Err(Interrupted::Moved) => return End::Moved,
        Err(Interrupted::Failed(failure)) => Err(failure),
        Ok(log) => Ok(log),
    };
    let walked = reader.walked;
    walks.retain(|identity, _| walked.contains(identity));
    End::Seen(end)
}

enum Interrupted {
    Moved,
    Failed(Failure),
}

struct Reader<'a> {
    folder: &'a Path,
    walks: &'a mut BTreeMap<Identity, Walk>,
    walked: BTreeSet<Identity>,
}

impl Reader<'_> {
    fn end(&mut self, listing: &Listing) -> Result<Log, Interrupted> {
        let (mut entries, mut term, mut room) = (0_u64, None, false);
        for counter in &listing.open {
            let walk = match self.walk(&format!("open-{counter}")) {
                // dqlite makes new segments for itself alone; MicroK8s opens them to its group every five seconds.
                // Behind one that has room left it only waits.
                Err(Interrupted::Failed(failure)) if failure.kind == FailureKind::Denied && room => continue,
                walk => walk?,
            };
            entries = entries.saturating_add(walk.entries);
            term = walk.term.or(term);
            room = walk.end == segment::End::Room;
        }
        let last_index = listing.settled().saturating_add(entries);
        let term = match term {
            None => self.settled_term(listing)?,
            term => term,
        };
        Ok(Log { last_index, term })
    }

    /// The term of the last entry that is in no open segment.
    fn settled_term(&mut self, listing: &Listing) -> Result<Option<u64>, Interrupted> {
        let closed = listing.closed.last().filter(|(_, last)| *last == listing.settled());
        let Some((first, last)) = closed else { return Ok(listing.snapshot().map(|snapshot| snapshot.term)) };
        let walk = self.walk(&format!("{first:016}-{last:016}"))?;
        let whole = walk.entries == last - first + 1;
        Ok(walk.term.filter(|_| whole))
    }

    /// Walks one segment to its present end.
    fn walk(&mut self, name: &str) -> Result<Walk, Interrupted> {
        let path = self.folder.join(name);
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Interrupted::Moved,
            _ => Interrupted::Failed(Failure::io("read", &path, error)),
        };
        let mut segment = Segment::open(&path).map_err(failed)?;
        let mut known = self.walks.get(&segment.identity).copied();
        self.walked.insert(segment.identity);
        for _ in 0..WALKS {
            let walk = segment::walk(&mut segment, known).map_err(failed)?;
            self.walks.insert(segment.identity, walk);
            match walk.end {
                segment::End::Over | segment::End::Room | segment::End::Torn => return Ok(walk),
                segment::End::More => known = Some(walk),
                segment::End::Foreign(format) => {
                    return Err(unknown(&path, FailureKind::Unsupported, format!("disk format {format}")));
                }
            }
        }
        Err(unknown(&path, FailureKind::Oversized, "more batches than a segment can hold".into()))
    }
}

fn unknown(path: &Path, kind: FailureKind, why: String) -> Interrupted {
    Interrupted::Failed(Failure::new(kind, "read", path.display().to_string()).because(why))
}
