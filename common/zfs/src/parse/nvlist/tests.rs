use proptest::prelude::*;

use super::encode::{Item, pack};
use super::*;

fn named(name: &str, item: Item) -> (String, Item) {
    (name.to_owned(), item)
}

/// The decoded form of an item, for comparison.
fn same(item: &Item, value: &Value<'_>) -> bool {
    match (item, value) {
        (Item::Flag, Value::Flag) => true,
        (Item::U64(a), Value::U64(b)) => a == b,
        (Item::Text(a), Value::Text(b)) => a == b,
        (Item::Words(a), Value::Words(b)) => {
            a.len() == b.len() && a.iter().enumerate().all(|(at, word)| b.get(at) == Some(*word))
        }
        (Item::List(a), Value::List(b)) => same_list(a, b),
        (Item::Lists(a), Value::Lists(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_list(a, b)),
        (Item::Raw(a, _), Value::Other(b)) => a == b,
        _ => false,
    }
}

fn same_list(items: &[(String, Item)], list: &List<'_>) -> bool {
    items.len() == list.pairs.len()
        && items.iter().zip(&list.pairs).all(|((name, item), (key, value))| name == key && same(item, value))
}

fn item() -> impl Strategy<Value = Item> {
    let other = prop_oneof![2..=7_i32, 10..=15_i32, 17..=18_i32, 21..=27_i32];
    let leaf = prop_oneof![
        Just(Item::Flag),
        any::<u64>().prop_map(Item::U64),
        "[^\0]{0,40}".prop_map(Item::Text),
        prop::collection::vec(any::<u64>(), 0..50).prop_map(Item::Words),
        (other, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(kind, bytes)| Item::Raw(kind, bytes)),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let list = prop::collection::vec(("[^\0]{0,24}", inner), 0..5);
        prop_oneof![list.clone().prop_map(Item::List), prop::collection::vec(list, 0..4).prop_map(Item::Lists)]
    })
}

fn list() -> impl Strategy<Value = Vec<(String, Item)>> {
    prop::collection::vec(("[^\0]{0,24}", item()), 0..8)
}

proptest! {
    #[test]
    fn what_was_packed_is_read(list in list(), little: bool) {
        let packed = pack(&list, little);
        let decoded = decode(&packed, Limits::POOL).unwrap();
        prop_assert_eq!(&decoded.faults, &[]);
        prop_assert!(same_list(&list, &decoded.list), "{:?}", decoded.list);
    }

    #[test]
    fn a_cut_keeps_what_came_before_and_says_so(list in list(), cut in any::<prop::sample::Index>()) {
        let packed = pack(&list, true);
        let short = &packed[..cut.index(packed.len())];
        match decode(short, Limits::POOL) {
            Ok(decoded) => prop_assert!(!decoded.faults.is_empty()),
            Err(refusal) => prop_assert!(short.len() < 12, "{refusal}"),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = decode(&bytes, Limits::POOL);
    }

    #[test]
    fn no_flipped_bit_makes_it_panic(list in list(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut packed = pack(&list, true);
        let at = at.index(packed.len());
        packed[at] ^= 1 << bit;
        let _ = decode(&packed, Limits::POOL);
    }
}

/// Packed by hand from the format's description, so that packer and decoder cannot share a mistake.
#[test]
fn a_hand_packed_list_is_read() {
    #[rustfmt::skip]
    let packed = [
        0, 1, 0, 0,  0, 0, 0, 0,  1, 0, 0, 0,
        32, 0, 0, 0,  8, 0,  0, 0,  1, 0, 0, 0,  8, 0, 0, 0,
        b'v', b'e', b'r', b's', b'i', b'o', b'n', 0,
        0x88, 0x13, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ];
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert_eq!(decoded.faults, []);
    assert_eq!(decoded.list.number("version"), Some(5000));
}

#[test]
fn other_encodings_are_refused_by_name() {
    let mut packed = pack(&[], true);
    packed[0] = 1;
    assert_eq!(decode(&packed, Limits::POOL), Err(Refusal::Xdr));
    packed[0] = 7;
    assert_eq!(decode(&packed, Limits::POOL), Err(Refusal::Encoding(7)));
    packed[..2].copy_from_slice(&[0, 9]);
    assert_eq!(decode(&packed, Limits::POOL), Err(Refusal::ByteOrder(9)));
    packed[1] = 1;
    packed[4] = 3;
    assert_eq!(decode(&packed, Limits::POOL), Err(Refusal::Version(3)));
    assert_eq!(decode(&packed[..11], Limits::POOL), Err(Refusal::Short(11)));
    assert_eq!(decode(&[], Limits::POOL), Err(Refusal::Short(0)));
}

#[test]
fn depth_is_bounded() {
    let mut list = vec![named("bottom", Item::Flag)];
    for _ in 0..1000 {
        list = vec![named("down", Item::List(list))];
    }
    let packed = pack(&list, true);
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert_eq!(decoded.faults.len(), 1);
    assert!(decoded.faults[0].what.contains("deeper than 20"), "{}", decoded.faults[0]);
}

#[test]
fn the_number_of_pairs_is_bounded() {
    let list: Vec<_> = (0..100).map(|at| named(&format!("n{at}"), Item::Flag)).collect();
    let packed = pack(&list, true);
    let decoded = decode(&packed, Limits { pairs: 60, ..Limits::POOL }).unwrap();
    assert_eq!(decoded.list.pairs().count(), 60);
    assert!(decoded.faults[0].what.contains("more than 60"), "{}", decoded.faults[0]);
}

#[test]
fn what_is_passed_over_costs_nothing_that_follows() {
    let inner = || vec![named("deep", Item::List(vec![named("n", Item::U64(1))])), named("n", Item::U64(2))];
    let passed = Item::List([inner(), vec![named("many", Item::Lists(vec![inner(), inner()]))]].concat());
    let list = [named("vdev_stats_ex", passed), named("kept", Item::List(inner())), named("n", Item::U64(3))];
    let packed = pack(&list, true);
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert_eq!(decoded.faults, []);
    assert_eq!(decoded.list.list("vdev_stats_ex"), Some(&List::default()));
    assert_eq!(decoded.list.list("kept").and_then(|kept| kept.list("deep")?.number("n")), Some(1));
    assert_eq!(decoded.list.number("n"), Some(3));
}

#[test]
fn an_array_cannot_claim_more_lists_than_it_has_headers() {
    let mut packed = pack(&[named("children", Item::Lists(vec![vec![], vec![]]))], true);
    packed[20..24].copy_from_slice(&i32::MAX.to_le_bytes());
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert!(decoded.faults[0].what.contains("2147483647 lists"), "{}", decoded.faults[0]);
}

#[test]
fn a_damaged_value_costs_only_itself() {
    let list = [named("bad", Item::Raw(99, vec![1])), named("good", Item::U64(7))];
    let packed = pack(&list, true);
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert_eq!(decoded.list.number("good"), Some(7));
    assert_eq!(decoded.list.get("bad"), None);
    assert!(decoded.faults[0].to_string().contains("`bad`: an unknown type"), "{}", decoded.faults[0]);
}

#[test]
fn a_value_of_another_type_is_absent() {
    let packed = pack(&[named("a", Item::Text("x".into())), named("b", Item::U64(1))], true);
    let decoded = decode(&packed, Limits::POOL).unwrap();
    assert_eq!(decoded.list.number("a"), None);
    assert_eq!(decoded.list.text("b"), None);
    assert_eq!(decoded.list.lists("b"), &[]);
    assert_eq!(decoded.list.text("a"), Some("x"));
}
