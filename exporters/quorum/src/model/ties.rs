//! Whether the voters that would remain reach each other.
//!
//! That each of them answers *here* does not mean that they answer each other: a broken link between two of them is seen
//! only by their own exporters. A quorum is promised only of voters that all see one another.

use super::input::Input;

/// Beyond this many voters only those are counted that everybody sees; the exact answer would take too long, and dqlite
/// aims at three.
const EXACT_UP_TO: usize = 9;

/// The largest number of these addresses that all see one another.
#[must_use]
pub fn together(addresses: &[&str], input: &Input) -> usize {
    let all = addresses.len();
    let tied = |one: &usize, other: &usize| one == other || sees_both_ways(addresses[*one], addresses[*other], input);
    if all > EXACT_UP_TO {
        return (0..all).filter(|one| (0..all).all(|other| tied(one, &other))).count();
    }
    let mut largest = 0;
    for set in 0_u32..(1 << all) {
        let chosen: Vec<usize> = (0..all).filter(|place| set & (1 << place) != 0).collect();
        if chosen.len() > largest && chosen.iter().all(|one| chosen.iter().all(|other| tied(one, other))) {
            largest = chosen.len();
        }
    }
    largest
}

/// Pairs of these addresses of which one does not see the other: observer, then who is not seen.
#[must_use]
pub fn broken<'a>(addresses: &[&'a str], input: &Input) -> Vec<(&'a str, &'a str)> {
    let pairs = addresses.iter().flat_map(|one| addresses.iter().map(move |other| (*one, *other)));
    pairs.filter(|(one, other)| one != other && sees(one, other, input) == Some(false)).collect()
}

fn sees_both_ways(one: &str, other: &str, input: &Input) -> bool {
    sees(one, other, input) == Some(true) && sees(other, one, input) == Some(true)
}

/// Whether the exporter on one node sees another; `None` if it says nothing of it.
fn sees(observer: &str, address: &str, input: &Input) -> Option<bool> {
    if input.own.address.as_deref() == Some(observer) {
        return input.peer(address).map(super::Peer::up);
    }
    let sight = input.sights.iter().find(|sight| sight.observer == observer)?;
    sight.up.get(address).copied()
}
