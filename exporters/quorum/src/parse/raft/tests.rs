use super::*;

fn file(words: [u64; 4]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[test]
fn metadata_tells_term_and_vote() {
    let voted = Metadata { version: 5, term: 3, voted_for: Some(u64::MAX) };
    assert_eq!(metadata(&file([1, 5, 3, u64::MAX])), Ok(Some(voted)));
    assert_eq!(metadata(&file([1, 5, 3, 0])), Ok(Some(Metadata { voted_for: None, ..voted })));
}

#[test]
fn a_cut_writing_is_ignored_and_a_wrong_one_told() {
    let whole = file([1, 5, 3, 9]);
    assert!((0..32).all(|cut| metadata(&whole[..cut]) == Ok(None)));
    assert_eq!(metadata(&[whole.clone(), vec![0]].concat()), Err(Malformed::Size(33)));
    assert_eq!(metadata(&file([2, 5, 3, 9])), Err(Malformed::Format(2)));
    assert_eq!(metadata(&file([1, 0, 3, 9])), Err(Malformed::NoVersion));
    assert_eq!(metadata(&[0; 40]), Err(Malformed::Size(40)));
}
