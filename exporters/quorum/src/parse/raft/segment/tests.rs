use proptest::prelude::*;

use super::testing::segment as segment_of;
use super::*;

fn open(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len() + 4096, 0);
    bytes
}

fn walked(bytes: &[u8], earlier: Option<Walk>) -> Walk {
    let mut bytes = bytes;
    walk(&mut bytes, earlier).unwrap_or_else(|never| match never {})
}

fn seen(walk: Walk) -> (u64, Option<u64>, End) {
    (walk.entries, walk.term, walk.end)
}

/// Counts what is read of a file.
struct Counted<'a> {
    bytes: &'a [u8],
    reads: usize,
    read: usize,
}

impl Bytes for Counted<'_> {
    type Error = std::convert::Infallible;

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<usize, Self::Error> {
        self.reads += 1;
        let read = self.bytes.read_at(offset, into)?;
        self.read += read;
        Ok(read)
    }
}

#[test]
fn entries_are_counted_without_reading_them() {
    let bytes = open(segment_of(&[&[(1, 512)], &[(1, 8), (2, 1_000_000)], &[(3, 0)]]));
    assert_eq!(seen(walked(&bytes, None)), (4, Some(3), End::Room));
    let mut counted = Counted { bytes: &bytes, reads: 0, read: 0 };
    walk(&mut counted, None).unwrap_or_else(|never| match never {});
    assert!(counted.read <= 5 * WINDOW, "{} bytes read", counted.read);
}

#[test]
fn a_closed_segment_ends_with_its_file() {
    assert_eq!(seen(walked(&segment_of(&[&[(1, 8)], &[(7, 16)]]), None)), (2, Some(7), End::Over));
}

#[test]
fn a_segment_that_waits_has_no_entry() {
    assert_eq!(seen(walked(&[0; 4096], None)), (0, None, End::Room));
    assert_eq!(seen(walked(&[], None)), (0, None, End::Over));
    assert_eq!(seen(walked(&segment_of(&[]), None)), (0, None, End::Over));
}

#[test]
fn a_batch_larger_than_the_window_is_read_whole() {
    let many = vec![(4, 8); 500];
    assert_eq!(seen(walked(&segment_of(&[&many, &[(5, 8)]]), None)), (501, Some(5), End::Over));
}

#[test]
fn a_walk_goes_on_where_it_ended() {
    let first = open(segment_of(&[&[(1, 64)], &[(2, 64)]]));
    let then = open(segment_of(&[&[(1, 64)], &[(2, 64)], &[(2, 64), (3, 8)]]));
    let earlier = walked(&first, None);
    let mut counted = Counted { bytes: &then, reads: 0, read: 0 };
    let later = walk(&mut counted, Some(earlier)).unwrap_or_else(|never| match never {});
    assert_eq!(later, walked(&then, None));
    assert_eq!((later.entries, counted.reads), (4, 3), "the old mark, the new batch, the end");
}

#[test]
fn a_walk_of_another_file_begins_anew() {
    let earlier = walked(&segment_of(&[&[(1, 64)], &[(1, 64)], &[(1, 64)]]), None);
    assert_eq!(walked(&segment_of(&[&[(9, 64)]]), Some(earlier)), walked(&segment_of(&[&[(9, 64)]]), None));
    assert_eq!(walked(&[0; 64], Some(earlier)).entries, 0);
}

#[test]
fn what_is_no_batch_ends_the_walk() {
    let mut torn = open(segment_of(&[&[(1, 64)], &[(2, 64)]]));
    // A bit of the second head: it is being written, or it is broken.
    torn[8 + 32 + 64 + 20] ^= 1;
    assert_eq!(seen(walked(&torn, None)), (1, Some(1), End::Torn));
    let cut = segment_of(&[&[(1, 64)], &[(2, 64)]]);
    assert_eq!(seen(walked(&cut[..8 + 32 + 64 + 20], None)), (1, Some(1), End::Torn));
    assert_eq!(seen(walked(&[1, 0, 0], None)), (0, None, End::Torn));
    let foreign = [2, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(seen(walked(&foreign, None)), (0, None, End::Foreign(2)));
}

#[test]
fn a_count_beyond_reason_is_not_believed() {
    let mut bytes = segment_of(&[&[(1, 64)]]);
    bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(seen(walked(&bytes, None)), (0, None, End::Torn));
}

#[test]
fn one_walk_takes_so_many_batches_and_the_next_goes_on() {
    let batches = vec![[(1, 0)].as_slice(); BATCHES_LIMIT + 5];
    let bytes = segment_of(&batches);
    let first = walked(&bytes, None);
    assert_eq!(seen(first), (BATCHES_LIMIT as u64, Some(1), End::More));
    assert_eq!(seen(walked(&bytes, Some(first))), (BATCHES_LIMIT as u64 + 5, Some(1), End::Over));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [1_u64.to_le_bytes().to_vec(), bytes].concat();
        let first = walked(&bytes, None);
        prop_assert!(first.entries as usize * ENTRY <= bytes.len());
        prop_assert_eq!(walked(&bytes, Some(first)), first);
    }

    #[test]
    fn a_flipped_bit_or_a_cut_never_adds_entries(
        sizes in prop::collection::vec(0_u32..200, 1..8), at in any::<prop::sample::Index>(), bit in 0..8, cut in any::<bool>(),
    ) {
        let batches: Vec<_> = sizes.iter().map(|size| [(1, *size)]).collect();
        let batches: Vec<_> = batches.iter().map(<[_; 1]>::as_slice).collect();
        let mut bytes = segment_of(&batches);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1_u8 << bit }
        prop_assert!(walked(&bytes, None).entries <= sizes.len() as u64);
    }
}
