//! Real recordings, damaged: nothing panics, nothing is made up.

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::{config, redundancy};

/// Everything that is done with a reply.
fn digest(packed: &[u8]) {
    if let Ok(pool) = config::reply(packed) {
        let _ = evaluate(&pool, Surroundings::default()).healthy();
        let _ = (redundancy::of_pool(&pool), redundancy::damaged(&pool).len());
        let _ = (pool.fragmentation(), pool.expandable());
        let names = || pool.tops().iter().flat_map(|top| top.walk()).map(|one| &one.name);
        assert_eq!(names().collect::<HashSet<_>>().len(), names().count(), "a name was given twice");
    }
}

/// The recordings, read once.
fn recorded() -> &'static [super::Recording] {
    static ALL: LazyLock<Vec<super::Recording>> = LazyLock::new(super::recordings);
    &ALL
}

fn packed(one: prop::sample::Index) -> &'static [u8] {
    &recorded()[one.index(recorded().len())].reply.packed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cut_anywhere(one in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let packed = packed(one);
        let cut = cut.index(packed.len());
        digest(&packed[..cut]);
        if let Ok(pool) = config::reply(&packed[..cut]) {
            prop_assert!(!pool.problems.is_empty(), "a cut at {cut} went unnoticed");
        }
    }

    #[test]
    fn with_bits_flipped(
        one in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..20),
    ) {
        let mut packed = packed(one).to_vec();
        for (at, bit) in flips {
            let at = at.index(packed.len());
            packed[at] ^= 1 << bit;
        }
        digest(&packed);
    }
}

/// The kernel's extended statistics are most of a reply; its beginning, where the framing is decided, is tried whole.
#[test]
fn every_bit_of_the_first_kilobyte_flipped() {
    let packed = &recorded().iter().min_by_key(|one| one.reply.packed.len()).unwrap().reply.packed;
    for at in 0..packed.len().min(1024) {
        for bit in 0..8 {
            let mut packed = packed.clone();
            packed[at] ^= 1 << bit;
            digest(&packed);
        }
    }
}
