//! What the names in the folder say together: where the log stands, and what is missing from it.

use super::names::{Name, Snapshot, name};

/// The folder, sorted by what its files are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// First and last entry of the finished parts, in the order of their first.
    pub closed: Vec<(u64, u64)>,
    /// Numbers of the parts being written or waiting for it, in their order.
    pub open: Vec<u64>,
    /// Snapshots of which both files are there, the newest last.
    pub snapshots: Vec<Snapshot>,
    /// Files set aside as broken.
    pub quarantined: u64,
}

impl Listing {
    /// Sorts names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Listing {
        let mut listing = Listing::default();
        let (mut data, mut meta) = (Vec::new(), Vec::new());
        for one in names {
            match name(one) {
                Name::Closed { first, last } => listing.closed.push((first, last)),
                Name::Open(counter) => listing.open.push(counter),
                Name::Snapshot(snapshot) => data.push(snapshot),
                Name::SnapshotMeta(snapshot) => meta.push(snapshot),
                Name::Quarantined => listing.quarantined += 1,
                Name::Metadata | Name::Other => {}
            }
        }
        listing.closed.sort_unstable();
        listing.open.sort_unstable();
        data.sort_unstable();
        meta.retain(|snapshot| data.binary_search(snapshot).is_ok());
        meta.sort_unstable();
        listing.snapshots = meta;
        listing
    }

    /// The newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.snapshots.last().copied()
    }

    /// The last entry that is not in an open part. Before a snapshot is written the open part is closed, so open parts
    /// always go on behind both.
    #[must_use]
    pub fn settled(&self) -> u64 {
        let closed = self.closed.last().map_or(0, |(_, last)| *last);
        closed.max(self.snapshot().map_or(0, |snapshot| snapshot.index))
    }

    /// How many times the log does not go on where it should: between two finished parts, and before the first of them
    /// what no snapshot holds.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        let held = self.snapshot().map_or(0, |snapshot| snapshot.index);
        let before = self.closed.first().is_some_and(|(first, _)| *first > held.saturating_add(1));
        let between = self.closed.windows(2).filter(|pair| match pair {
            [(_, last), (first, _)] => last.checked_add(1) != Some(*first),
            _ => false,
        });
        u64::from(before) + between.count() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn closed(first: u64, last: u64) -> String {
        format!("{first:016}-{last:016}")
    }

    fn listing(closed_parts: &[(u64, u64)], others: &[&str]) -> Listing {
        let names: Vec<_> = closed_parts.iter().map(|(first, last)| closed(*first, *last)).collect();
        Listing::of(names.iter().map(String::as_str).chain(others.iter().copied()))
    }

    #[test]
    fn a_whole_log_has_no_gap() {
        let whole = listing(&[(301, 400), (1, 1), (2, 300)], &["open-2", "open-1", "metadata1", "cluster.key"]);
        assert_eq!((whole.gaps(), whole.settled(), whole.open.as_slice()), (0, 400, [1, 2].as_slice()));
        assert_eq!(listing(&[], &[]).gaps(), 0);
        assert_eq!(listing(&[], &[]).settled(), 0);
    }

    #[test]
    fn what_is_missing_is_counted() {
        assert_eq!(listing(&[(1, 10), (12, 20), (30, 40)], &[]).gaps(), 2);
        assert_eq!(listing(&[(2, 10)], &[]).gaps(), 1);
        // One entry twice is no log either: dqlite gives up the older part.
        assert_eq!(listing(&[(1, 10), (10, 20)], &[]).gaps(), 1);
    }

    #[test]
    fn a_snapshot_holds_what_was_cut_off() {
        let files = ["snapshot-1-100-5", "snapshot-1-100-5.meta", "snapshot-2-300-9", "snapshot-2-300-9.meta"];
        let cut = listing(&[(101, 250), (251, 320)], &files);
        assert_eq!((cut.gaps(), cut.settled()), (0, 320));
        assert_eq!(cut.snapshot(), Some(Snapshot { term: 2, index: 300, timestamp: 9 }));
        // Installed from the leader: the old log is gone.
        assert_eq!(listing(&[], &files).settled(), 300);
        assert_eq!(listing(&[(302, 310)], &files).gaps(), 1);
    }

    #[test]
    fn a_snapshot_counts_only_when_both_files_are_there() {
        let data = listing(&[], &["snapshot-1-100-5"]);
        let meta = listing(&[], &["snapshot-1-100-5.meta"]);
        assert_eq!((data.snapshot(), meta.snapshot()), (None, None));
    }

    proptest! {
        #[test]
        fn no_folder_makes_it_panic(parts in prop::collection::vec((1_u64.., 1_u64..), 0..20)) {
            let names: Vec<_> = parts.iter().map(|(first, last)| closed(*first, *last)).collect();
            let listing = Listing::of(names.iter().map(String::as_str));
            prop_assert!(listing.gaps() as usize <= listing.closed.len());
            prop_assert!(listing.settled() >= listing.closed.last().map_or(0, |(_, last)| *last));
        }
    }
}
