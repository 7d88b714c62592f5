use proptest::prelude::*;

use super::*;

/// Splits a recorded answer into its head and body.
fn split(bytes: &[u8]) -> Result<(Head, &[u8]), Refusal> {
    let (head, body) = bytes.split_first_chunk().ok_or(Refusal::Short)?;
    let head = Head::decode(*head)?;
    Ok((head, body.get(..head.body_bytes).ok_or(Refusal::Short)?))
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.as_bytes());
    out.push(0);
    out.resize(out.len().next_multiple_of(8), 0);
}

/// An answer as a node writes it.
fn answer(kind: u8, body: &[u8]) -> Vec<u8> {
    let words = u32::try_from(body.len() / 8).unwrap();
    let mut bytes = words.to_le_bytes().to_vec();
    bytes.extend([kind, 0, 0, 0]);
    bytes.extend(body);
    bytes
}

fn servers(members: &[Member]) -> Vec<u8> {
    let mut body = (members.len() as u64).to_le_bytes().to_vec();
    for member in members {
        body.extend(member.id.to_le_bytes());
        text(&mut body, &member.address);
        body.extend((member.role as u64).to_le_bytes());
    }
    answer(3, &body)
}

fn three() -> Vec<Member> {
    [
        (3_297_041_220_608_546_238, "10.77.0.1:19001", Role::Voter),
        (2, "host2:19001", Role::Standby),
        (3, "", Role::Spare),
    ]
    .map(|(id, address, role)| Member { id, address: address.into(), role })
    .to_vec()
}

/// Bytes written as hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn asked_for(bytes: &[u8]) -> Result<Vec<Member>, Refusal> {
    let (head, body) = split(bytes)?;
    cluster(head, body)
}

#[test]
fn questions_are_these_bytes_and_no_others() {
    assert_eq!(HELLO, [1, 0, 0, 0, 0, 0, 0, 0]);
    let expected = [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    assert_eq!(Request::ALL.map(Request::encoded), expected);
}

/// What the nodes of a real cluster sent (libdqlite 1.11.1): a voter of three, and the spare of two.
#[test]
fn what_real_nodes_say_is_understood() {
    let said = bytes("030000000100000099603fb3116de18831302e37372e302e323a313930303100");
    let (head, body) = split(&said).unwrap();
    let named = Leader { id: 9_863_284_581_707_243_673, address: "10.77.0.2:19001".into() };
    assert_eq!(leader(head, body).unwrap(), Some(named));
    let said = bytes("020000000100000000000000000000000000000000000000");
    let (head, body) = split(&said).unwrap();
    assert_eq!(leader(head, body).unwrap(), None);

    let said = bytes(concat!(
        "0d000000030000000300000000000000be55318c8571c12d31302e37372e302e313a313930303100000000000000000099603fb3116de188",
        "31302e37372e302e323a3139303031000000000000000000040d0528824af31731302e37372e302e333a3139303031000000000000000000",
    ));
    let ids = [3_297_041_220_608_546_238, 9_863_284_581_707_243_673, 1_725_805_005_090_655_492];
    let member = |(id, last)| Member { id, address: format!("10.77.0.{last}:19001"), role: Role::Voter };
    assert_eq!(asked_for(&said).unwrap(), ids.into_iter().zip(1..).map(member).collect::<Vec<_>>());
    assert_eq!(asked_for(&bytes("01000000030000000000000000000000")).unwrap(), [], "the spare's table is empty");

    let said = bytes("020000000a00000002000000000000000000000000000000");
    let (head, body) = split(&said).unwrap();
    assert_eq!(description(head, body).unwrap(), Description { failure_domain: 2, weight: 0 });
}

#[test]
fn the_leader_is_named_or_not() {
    let mut body = 7_u64.to_le_bytes().to_vec();
    text(&mut body, "10.77.0.2:19001");
    let named = answer(1, &body);
    let (head, body) = split(&named).unwrap();
    assert_eq!(leader(head, body).unwrap(), Some(Leader { id: 7, address: "10.77.0.2:19001".into() }));
    let unknown = answer(1, &[0; 16]);
    let (head, body) = split(&unknown).unwrap();
    assert_eq!(leader(head, body).unwrap(), None);
}

#[test]
fn the_table_of_members_keeps_ids_roles_and_order() {
    assert_eq!(asked_for(&servers(&three())).unwrap(), three());
    assert_eq!(asked_for(&servers(&[])).unwrap(), []);
}

#[test]
fn a_description_is_two_numbers() {
    let bytes = answer(10, &[5, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
    let (head, body) = split(&bytes).unwrap();
    assert_eq!(description(head, body).unwrap(), Description { failure_domain: 5, weight: 9 });
}

#[test]
fn a_no_is_told_with_its_number_and_clean_words() {
    let mut body = 1005_u64.to_le_bytes().to_vec();
    text(&mut body, "unrecognized\nrequest \u{1b}[31m");
    let bytes = answer(0, &body);
    let (head, body) = split(&bytes).unwrap();
    let message = "unrecognized request  [31m".to_owned();
    assert_eq!(leader(head, body), Err(Refusal::Failure { code: 1005, message: message.clone() }));
    assert_eq!(cluster(head, body), Err(Refusal::Failure { code: 1005, message }));
}

#[test]
fn what_is_no_answer_is_told_apart() {
    let whole = servers(&three());
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        asked_for(&bytes).unwrap_err()
    };
    assert_eq!(changed(4, 1), Refusal::Kind { expected: 3, found: 1 });
    assert_eq!(changed(5, 1), Refusal::Schema(1));
    assert_eq!(changed(3, 1), Refusal::Long((0x0100_0000 + 12) * 8));
    // A count that the body cannot hold.
    assert_eq!(changed(15, 0xff), Refusal::Short);
    // The first role, and the first address.
    assert_eq!(changed(40, 3), Refusal::Role(3));
    assert_eq!(changed(24, 0xff), Refusal::Text);
    assert_eq!(Head::decode([0; 8]), Err(Refusal::Short));
    let endless = answer(1, &[b'x'; 1024]);
    let (head, body) = split(&endless).unwrap();
    assert_eq!(leader(head, body), Err(Refusal::Text));
}

#[test]
fn a_role_is_its_number() {
    assert_eq!(
        (0..4).map(Role::of).collect::<Vec<_>>(),
        [Some(Role::Voter), Some(Role::Standby), Some(Role::Spare), None]
    );
    assert_eq!(Role::of(u64::MAX), None);
    assert_eq!(Role::ALL.map(Role::word).as_slice(), Role::WORDS);
}

proptest! {
    #[test]
    fn every_table_comes_back(rows in prop::collection::vec((any::<u64>(), "[a-z0-9.:\\[\\]]{0,60}", 0_u64..3), 0..20)) {
        let member = |(id, address, role)| Member { id, address, role: Role::of(role).unwrap() };
        let members: Vec<_> = rows.into_iter().map(member).collect();
        prop_assert_eq!(asked_for(&servers(&members)).unwrap(), members);
    }

    #[test]
    fn a_cut_answer_is_no_answer(cut in 1_usize..200) {
        let whole = servers(&three());
        let cut = whole.len().saturating_sub(cut);
        prop_assert_eq!(asked_for(&whole[..cut]), Err(Refusal::Short));
    }

    #[test]
    fn no_bytes_make_it_panic_or_grow(kind in 0_u8..12, body in prop::collection::vec(any::<u8>(), 8..400)) {
        let head = Head { kind, schema: 0, body_bytes: body.len() };
        let _ = (leader(head, &body), description(head, &body));
        if let Ok(members) = cluster(head, &body) {
            prop_assert!(members.len() * 24 <= body.len());
        }
    }

    #[test]
    fn a_flipped_bit_never_makes_it_panic(at in 0_usize..128, bit in 0..8) {
        let mut bytes = servers(&three());
        let at = at % bytes.len();
        bytes[at] ^= 1_u8 << bit;
        let _ = asked_for(&bytes);
    }
}
