//! Rows that should be on the disk and are not yet: the ledger's, which wait for the next commit, and all of them while
//! the disk is away. Bounded: a router must not die of a disk.

use crate::journal::Entry;

/// The most that is held, in bytes.
const MOST: usize = 4 << 20;

/// What is owed to the disk, oldest first.
#[derive(Debug, Default)]
pub(super) struct Owed {
    rows: Vec<Entry>,
    weight: usize,
    lost: usize,
}

impl Owed {
    /// More rows. When there is no room they are counted and dropped: the ledger has a gap then, the alerts do not.
    pub(super) fn add(&mut self, rows: Vec<Entry>) {
        for row in rows {
            let weight = row.weight();
            if self.weight + weight > MOST {
                self.lost += 1;
                continue;
            }
            self.weight += weight;
            self.rows.push(row);
        }
    }

    /// Rows of a commit that failed. Events and checkpoints are not kept: the next checkpoint holds what they did.
    pub(super) fn put_back(&mut self, mut rows: Vec<Entry>) {
        rows.retain(|row| !matches!(row, Entry::Event { .. } | Entry::Checkpoint { .. }));
        let newer = self.take();
        self.add(rows);
        self.add(newer);
    }

    /// Everything, to be written.
    pub(super) fn take(&mut self) -> Vec<Entry> {
        self.weight = 0;
        std::mem::take(&mut self.rows)
    }

    /// Whether nothing is owed.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows that were dropped.
    #[must_use]
    pub(super) fn lost(&self) -> usize {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(seq: u64, size: usize) -> Entry {
        Entry::Inbox {
            seq,
            delivery: String::new(),
            at_ms: 0,
            source: String::new(),
            readable: true,
            raw: vec![0; size],
        }
    }

    #[test]
    fn a_failed_commit_comes_back_before_what_followed_without_its_events() {
        let mut owed = Owed::default();
        owed.add(vec![inbox(2, 1)]);
        let event = Entry::Event { seq: 1, at_ms: 0, kind: "clock", body: vec![] };
        owed.put_back(vec![event, inbox(1, 1)]);
        assert_eq!(owed.take(), [inbox(1, 1), inbox(2, 1)]);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut owed = Owed::default();
        (0..10).for_each(|seq| owed.add(vec![inbox(seq, MOST / 4)]));
        assert_eq!((owed.take().len(), owed.lost()), (3, 7));
    }
}
