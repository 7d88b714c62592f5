//! What a role says on the page: families of which a part was read just now, and those that stand from scrape to scrape.
//!
//! A family is contiguous on a page, so one that the fresh read has a part in is written whole each time. The others change
//! with what is kept, which is replaced when a poll has read anew: until then they are neither written nor compressed again.

use std::sync::{Arc, Weak};

use gjallarhorn_metrics::encode::encode_families;
use gjallarhorn_metrics::{Definition, Snapshot};

use crate::page::Standing;

/// More than the two lines before a family's samples have.
const HEAD_BYTES: usize = 320;

/// What stands of a role.
#[derive(Debug, Default)]
pub(super) struct Part {
    of: Of,
    text: Arc<Standing>,
    /// Samples left out of it.
    twice: usize,
}

/// What it was made of.
#[derive(Debug, Default)]
struct Of {
    kept: Vec<Weak<Snapshot>>,
    /// The families of the fresh read, which are no part of it.
    fresh: Vec<&'static str>,
}

impl Part {
    /// Appends the families that `fresh` has a part in; gives the others, and how many samples were left out of both because
    /// their series was there already.
    pub(super) fn write(
        &mut self,
        table: &[&'static Definition],
        fresh: &Snapshot,
        kept: &[Arc<Snapshot>],
        out: &mut String,
    ) -> (Arc<Standing>, usize) {
        let moves = |definition: &&&Definition| !fresh.lines(definition).is_empty();
        let snapshots: Vec<&Snapshot> = std::iter::once(fresh).chain(kept.iter().map(AsRef::as_ref)).collect();
        let twice = encode_families(table.iter().filter(moves).copied(), &snapshots, out);
        if !self.of.is(fresh, kept) {
            // In the same memory, unless somebody is still reading it, and with room for all of it: text that grows leaves as
            // much behind.
            self.text = Arc::default();
            let mut text = String::with_capacity(kept.iter().map(|snapshot| room(snapshot)).sum());
            self.twice = encode_families(table.iter().filter(|one| !moves(one)).copied(), &snapshots, &mut text);
            self.text = Arc::new(Standing::new(text));
            self.of = Of::these(fresh, kept);
        }
        (Arc::clone(&self.text), twice + self.twice)
    }
}

/// What a snapshot takes on a page.
fn room(snapshot: &Snapshot) -> usize {
    snapshot.bytes() + snapshot.families().count() * HEAD_BYTES
}

impl Of {
    /// Without keeping them alive: while there is a weak pointer, no other snapshot has the same address.
    fn these(fresh: &Snapshot, kept: &[Arc<Snapshot>]) -> Of {
        Of { kept: kept.iter().map(Arc::downgrade).collect(), fresh: fresh.families().collect() }
    }

    fn is(&self, fresh: &Snapshot, kept: &[Arc<Snapshot>]) -> bool {
        let same = |(old, new): (&Weak<Snapshot>, &Arc<Snapshot>)| std::ptr::eq(old.as_ptr(), Arc::as_ptr(new));
        let is_kept = self.kept.len() == kept.len() && self.kept.iter().zip(kept).all(same);
        is_kept && self.fresh.iter().copied().eq(fresh.families())
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_metrics::encode;
    use gjallarhorn_metrics::parse::Page;
    use proptest::prelude::*;

    use super::*;

    gjallarhorn_metrics::families! {
        /// One.
        pub(crate) ONE = gauge "test_one" None [of];
        /// Two.
        pub(crate) TWO = gauge "test_two" None [of];
        /// Three.
        pub(crate) THREE = gauge "test_three" None [of];
    }

    /// Families, labels and values of a snapshot.
    type Rows = Vec<(usize, u8, u32)>;

    fn rows() -> impl Strategy<Value = Rows> {
        proptest::collection::vec((0..3_usize, 0..3_u8, any::<u32>()), 0..4)
    }

    fn snapshot(rows: &Rows) -> Snapshot {
        let mut samples = Snapshot::builder(10);
        for (family, label, value) in rows {
            samples.push([&ONE, &TWO, &THREE][*family], [&label.to_string()], *value);
        }
        samples.finish()
    }

    /// The lines of a page in any order, and how many samples it leaves out, written at once.
    fn at_once(fresh: &Snapshot, kept: &[Arc<Snapshot>]) -> (Vec<String>, usize) {
        let all: Vec<&Snapshot> = std::iter::once(fresh).chain(kept.iter().map(AsRef::as_ref)).collect();
        let mut text = String::new();
        let twice = encode(TABLE, &all, &mut text);
        (lines(&text), twice)
    }

    fn lines(text: &str) -> Vec<String> {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    proptest! {
        /// Whatever is read just now and whatever polls replace, the page says what it would say if it were written at once.
        #[test]
        fn a_page_of_parts_is_the_whole_page(steps in proptest::collection::vec((rows(), 0..3_usize, rows()), 1..12)) {
            let (mut part, mut kept) = (Part::default(), [(); 2].map(|()| Arc::new(Snapshot::default())));
            for (read, place, found) in steps {
                if let Some(place) = kept.get_mut(place) {
                    *place = Arc::new(snapshot(&found));
                }
                let (fresh, mut text) = (snapshot(&read), String::new());
                let (standing, twice) = part.write(TABLE, &fresh, &kept, &mut text);
                text.push_str(standing.text());
                prop_assert_eq!((lines(&text), twice), at_once(&fresh, &kept));
                prop_assert!(Page::read(&text).is_ok(), "{}", text);
            }
        }
    }

    #[test]
    fn what_stands_is_written_once() {
        let mut part = Part::default();
        let kept = [Arc::new(snapshot(&vec![(1, 0, 7)]))];
        let mut write = |rows: Rows, kept: &[Arc<Snapshot>]| {
            let mut text = String::new();
            let (standing, _) = part.write(TABLE, &snapshot(&rows), kept, &mut text);
            (text.contains("test_two"), standing)
        };
        let (_, first) = write(vec![(0, 0, 1)], &kept);
        assert_eq!(first.text().lines().last(), Some("test_two{of=\"0\"} 7"));
        let (_, next) = write(vec![(0, 0, 2)], &kept);
        assert!(Arc::ptr_eq(&first, &next), "other numbers of the fresh read are no part of it");
        let (is_moving, less) = write(vec![(0, 0, 2), (1, 1, 3)], &kept);
        assert!(is_moving && less.text().is_empty(), "the fresh read has a part in it");
        let (_, anew) = write(vec![(0, 0, 2)], &[Arc::new(snapshot(&vec![(1, 0, 7)]))]);
        assert!(!Arc::ptr_eq(&first, &anew), "read anew, and the same");
    }
}
