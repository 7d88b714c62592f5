//! How many more disks can fail.
//!
//! A device counts only if it works *and* is up to date: a spare that is still being copied to protects nothing yet.
//! What stands for a failed device (a spare, a replacement, a distributed spare) counts once it is complete.

use super::model::{Class, Pool, Vdev, VdevKind, VdevState};
use super::truth::any;

#[cfg(test)]
mod tests;

/// What a vdev or a pool can lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redundancy {
    /// Further devices that can fail before data is lost; -1 if data is already out of reach.
    pub remaining: i64,
    /// Devices that can fail when all is well.
    pub designed: i64,
}

/// The weakest place of the pool: the minimum over the top-level vdevs that hold data. Losing a log costs the last
/// seconds of synchronous writes at worst, losing a cache or a spare costs nothing, so these do not count.
///
/// `None` if it cannot be told of one of them. A suspended pool has its data out of reach whatever its devices claim: the
/// kernel still calls them online.
#[must_use]
pub fn of_pool(pool: &Pool) -> Option<Redundancy> {
    let each = pool.tops().iter().filter(|top| holds_data(top)).map(of_top);
    let weakest = each.reduce(|a, b| {
        let (a, b) = (a?, b?);
        Some(Redundancy { remaining: a.remaining.min(b.remaining), designed: a.designed.min(b.designed) })
    })??;
    let remaining = if pool.suspended.is_some() { -1 } else { weakest.remaining };
    Some(Redundancy { remaining, ..weakest })
}

/// True for a top-level vdev without which the pool is lost.
#[must_use]
pub fn holds_data(top: &Vdev) -> bool {
    matches!(top.class, Class::Normal | Class::Special | Class::Dedup) && top.kind != VdevKind::Gone
}

/// A top-level vdev of any class; `None` if the reply does not say enough, or if nothing stands there any more.
#[must_use]
pub fn of_top(top: &Vdev) -> Option<Redundancy> {
    if top.children.is_empty() && matches!(top.kind, VdevKind::Mirror | VdevKind::Raidz(_) | VdevKind::Draid(_)) {
        return None; // A group whose devices were cut out of the reply: none of them failed, and none is known to work.
    }
    let (counted, designed) = match top.kind {
        VdevKind::Mirror => {
            let complete = count(&top.children, true)?;
            (complete.saturating_sub(1), as_count(top.children.len()).saturating_sub(1))
        }
        VdevKind::Raidz(parity) | VdevKind::Draid(parity) => {
            let parity = i64::try_from(parity?).ok()?;
            (parity.saturating_sub(count(&top.children, false)?), parity)
        }
        VdevKind::Disk | VdevKind::File | VdevKind::DistributedSpare | VdevKind::Replacing | VdevKind::Sparing => {
            (if complete(top)? { 0 } else { -1 }, 0)
        }
        VdevKind::Missing => return Some(Redundancy { remaining: -1, designed: 0 }),
        VdevKind::Root | VdevKind::Gone | VdevKind::Other => return None,
    };
    Some(Redundancy { remaining: believed(counted, top.state()), designed })
}

/// The devices of data and log vdevs that do not serve now. Not among them: a device whose replacement already works.
#[must_use]
pub fn damaged(pool: &Pool) -> Vec<&Vdev> {
    let mut found = Vec::new();
    pool.tops().iter().for_each(|top| damaged_below(top, &mut found));
    found
}

fn damaged_below<'p>(vdev: &'p Vdev, found: &mut Vec<&'p Vdev>) {
    let replaced = vdev.kind == VdevKind::Replacing && vdev.children.last().and_then(Vdev::serves) == Some(true);
    let children = if replaced { vdev.children.last().map_or(&[][..], std::slice::from_ref) } else { &vdev.children };
    if vdev.is_leaf() && vdev.serves() == Some(false) {
        found.push(vdev);
    }
    children.iter().for_each(|child| damaged_below(child, found));
}

/// The kernel's own verdict bounds the count: it may still serve from what we count as incomplete, and it knows of
/// damage that a count cannot see.
fn believed(counted: i64, state: Option<VdevState>) -> i64 {
    match state {
        Some(VdevState::Online | VdevState::Degraded) => counted.max(0),
        Some(
            VdevState::Closed | VdevState::Offline | VdevState::Removed | VdevState::CantOpen | VdevState::Faulted,
        ) => -1,
        Some(VdevState::Unknown) | None => counted.max(-1),
    }
}

/// How many of the children are complete, or are not.
fn count(children: &[Vdev], wanted: bool) -> Option<i64> {
    children.iter().try_fold(0, |sum, child| Some(sum + i64::from(complete(child)? == wanted)))
}

/// Whether what stands at this place holds everything it should; `None` if the reply does not say.
fn complete(vdev: &Vdev) -> Option<bool> {
    match vdev.kind {
        VdevKind::Mirror | VdevKind::Replacing | VdevKind::Sparing => any(vdev.children.iter().map(complete)),
        VdevKind::Missing => Some(false),
        _ => vdev.serves().map(|serves| serves && !vdev.incomplete),
    }
}

fn as_count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
