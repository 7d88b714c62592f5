//! Whether a voter counts, and what stands against it.
//!
//! A voter with a full disk answers every question like a healthy one; only its own log shows that it no longer writes.
//! So answering is not enough to be proven, and a disk that nobody looks at is a doubt, not a fault.

use super::input::Input;
use super::names::Names;
use super::view::View;
use crate::source::peer::PeerFailure;

/// What is known of one voter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It answers, follows the leader, and its log is seen to keep up with the leader's.
    Proven,
    /// It answers, and something of it is not known. It counts in the numbers and not in a promise.
    Assumed(Doubt),
    /// It is not known whether it is there at all. It counts nowhere, and is not held against the cluster either.
    Unknown(Doubt),
    /// It is out.
    Out(Fault),
}

/// What is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It names no leader, or another one than the one that leads.
    FollowsNobody,
    /// Nobody looks at its disk.
    DiskUnseen,
    /// Nobody looks at the leader's disk, so it cannot be said how far the log should be.
    LeaderDiskUnseen,
    /// It has no segment to write to: nothing was written since its start, or nothing can be.
    NoSegment,
    /// Its log is behind and does not catch up, though not yet by the limit.
    StandsStill,
    /// Its disk was full, and its dqlite has not been started since.
    WasFull,
    /// It does not answer here, and does answer the member at this address.
    SeenBy(String),
    /// It was not asked yet, or the answer is too old.
    NotAsked,
}

/// Why it is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not answer.
    Silent(PeerFailure),
    /// Its disk is full, or it has no segment to write to while the others write.
    CannotWrite,
    /// Its log is so many entries behind.
    Behind(u64),
}

impl Standing {
    /// The standing of the voter at an address.
    #[must_use]
    pub fn of(address: &str, view: &View, input: &Input) -> Standing {
        let answer = match input.peer(address).map(|peer| &peer.answer) {
            // Before its disk is looked at: a program that was stopped in good order leaves no segment open.
            Some(Err(reason)) if input.seen_by(address).is_none() => return Standing::Out(Fault::Silent(*reason)),
            Some(answer) => Some(answer.as_ref().ok()),
            None => None,
        };
        if let Some(fault) = disk_fault(address, view, input) {
            return Standing::Out(fault);
        }
        match answer {
            None => Standing::Unknown(Doubt::NotAsked),
            Some(None) => Standing::Unknown(Doubt::SeenBy(input.seen_by(address).unwrap_or_default().to_owned())),
            Some(Some(answer)) => {
                let named = answer.leader.as_ref().map(|leader| leader.address.as_str());
                doubt(address, named, view, input).map_or(Standing::Proven, Standing::Assumed)
            }
        }
    }

    /// Whether it counts in the numbers: it answers and is not known to be unable to write.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        matches!(self, Standing::Proven | Standing::Assumed(_))
    }

    /// Whether a promise may be built on it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        *self == Standing::Proven
    }

    /// Whether it may be there, for all that is known here.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        !matches!(self, Standing::Out(_))
    }

    /// Whether it is out however this node is connected: silence can also mean that this node is cut off.
    #[must_use]
    pub fn is_surely_out(&self) -> bool {
        match self {
            Standing::Out(Fault::Silent(reason)) => {
                !matches!(reason, PeerFailure::Timeout | PeerFailure::Unreachable | PeerFailure::Dns)
            }
            Standing::Out(Fault::CannotWrite | Fault::Behind(_)) => true,
            _ => false,
        }
    }

    /// What is to be said of it, if there is anything.
    #[must_use]
    pub fn told(&self, node: &str, names: &Names) -> Option<String> {
        match self {
            Standing::Proven => None,
            Standing::Assumed(doubt) | Standing::Unknown(doubt) => Some(doubt.told(node, names)),
            Standing::Out(fault) => Some(fault.told(node)),
        }
    }
}

impl Fault {
    /// In words.
    #[must_use]
    pub fn told(&self, node: &str) -> String {
        match self {
            Fault::Silent(reason) => format!("{node} does not answer: {}", reason.word()),
            Fault::CannotWrite => format!("{node} answers and cannot write: its disk is full or no segment is open"),
            Fault::Behind(entries) => format!("{node} is {entries} log entries behind"),
        }
    }
}

impl Doubt {
    /// In words.
    #[must_use]
    pub fn told(&self, node: &str, names: &Names) -> String {
        match self {
            Doubt::FollowsNobody => format!("{node} does not follow the leader"),
            Doubt::DiskUnseen => format!("whether {node} can write is not seen from here"),
            Doubt::LeaderDiskUnseen => {
                format!("how far the log of {node} should be is not known, the leader's is not seen")
            }
            Doubt::NoSegment => format!("{node} has no segment open and is not seen to write"),
            Doubt::StandsStill => format!("the log of {node} stands still while others grow"),
            Doubt::WasFull => format!("{node} could not write once and may limp until it is started anew"),
            Doubt::SeenBy(other) => format!("{node} answers {} and not this node", names.of(other)),
            Doubt::NotAsked => format!("{node} has not been asked yet"),
        }
    }

    /// Whether the exporter of another node would know.
    #[must_use]
    pub fn is_of_disks(&self) -> bool {
        matches!(self, Doubt::DiskUnseen | Doubt::LeaderDiskUnseen)
    }
}

fn disk_fault(address: &str, view: &View, input: &Input) -> Option<Fault> {
    let disk = input.disks.get(address)?;
    if disk.is_stuck() {
        return Some(Fault::CannotWrite);
    }
    let leaders = view.leader.as_ref().and_then(|leader| input.disks.get(&leader.address));
    let furthest = leaders.map(|disk| disk.last_index).or_else(|| input.furthest())?;
    let lag = furthest.saturating_sub(disk.last_index);
    (lag >= input.lag_limit).then_some(Fault::Behind(lag))
}

/// The first doubt about a voter that answers.
fn doubt(address: &str, names: Option<&str>, view: &View, input: &Input) -> Option<Doubt> {
    let leader = view.leader.as_ref().map(|leader| leader.address.as_str());
    if leader.is_some() && names != leader {
        return Some(Doubt::FollowsNobody);
    }
    let Some(disk) = input.disks.get(address) else { return Some(Doubt::DiskUnseen) };
    if leader.is_none_or(|leader| !input.disks.contains_key(leader)) {
        return Some(Doubt::LeaderDiskUnseen);
    }
    if disk.was_full {
        return Some(Doubt::WasFull);
    }
    if disk.open_segments == 0 {
        return Some(Doubt::NoSegment);
    }
    disk.stands_still.then_some(Doubt::StandsStill)
}
