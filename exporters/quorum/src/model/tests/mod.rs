//! Clusters of letters: `a` is this node, each node sees all others and its own disk unless told otherwise.

mod advice;
mod properties;
mod states;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::*;
use crate::parse::files::Lock;
use crate::parse::wire::{Leader, Role};
use crate::source::peer::PeerFailure;
use crate::words::{Authority, HaReason};

/// Where all logs end.
const INDEX: u64 = 5_000;

fn address(letter: char) -> String {
    format!("{letter}:19001")
}

fn member(letter: char, role: Role) -> Member {
    Member { id: u64::from(letter), address: address(letter), role }
}

/// `voters: abc, standbys: d, spares: e` as a table.
fn table(voters: &str, standbys: &str, spares: &str) -> Vec<Member> {
    let of = |letters: &str, role| letters.chars().map(move |letter| member(letter, role)).collect::<Vec<_>>();
    [of(voters, Role::Voter), of(standbys, Role::Standby), of(spares, Role::Spare)].concat()
}

fn disk() -> Disk {
    Disk { last_index: INDEX, open_segments: 3, free_bytes: Some(1 << 34), stands_still: false, was_full: false }
}

/// A cluster, and what goes wrong with it.
struct Scene(Input);

impl Scene {
    /// All is well: `leader` leads, voters name it, everybody is seen by everybody, all disks are seen.
    fn new(members: Vec<Member>, leader: char) -> Scene {
        let named = Leader { id: u64::from(leader), address: address(leader) };
        let answer = |member: &Member| Answer {
            leader: (member.role == Role::Voter).then(|| named.clone()),
            table: if member.role == Role::Spare { Vec::new() } else { members.clone() },
            domain: Some(1),
        };
        let addresses: Vec<String> = members.iter().map(|member| member.address.clone()).collect();
        let up: BTreeMap<String, bool> = addresses.iter().map(|address| (address.clone(), true)).collect();
        let own = Own { address: Some(address('a')), locks: Some(BTreeSet::from([Lock::HaCluster])) };
        Scene(Input {
            own,
            peers: members.iter().map(|m| Peer { address: m.address.clone(), answer: Ok(answer(m)) }).collect(),
            file: Some(members.clone()),
            disks: addresses.iter().map(|address| (address.clone(), disk())).collect(),
            sights: addresses.iter().skip(1).map(|one| Sight { observer: one.clone(), up: up.clone() }).collect(),
            names: Names::default(),
            lag_limit: 1024,
        })
    }

    fn three() -> Scene {
        Scene::new(table("abc", "", ""), 'b')
    }

    fn peer(&mut self, letter: char) -> &mut Peer {
        self.0.peers.iter_mut().find(|peer| peer.address == address(letter)).unwrap()
    }

    fn answer(&mut self, letter: char) -> &mut Answer {
        self.peer(letter).answer.as_mut().unwrap()
    }

    /// These nodes do not answer anybody, and their exporters and disks are gone with them.
    fn dead(mut self, letters: &str, reason: PeerFailure) -> Scene {
        for letter in letters.chars() {
            let gone = address(letter);
            self.peer(letter).answer = Err(reason);
            self.0.disks.remove(&gone);
            self.0.sights.retain(|sight| sight.observer != gone);
            for sight in &mut self.0.sights {
                sight.up.insert(gone.clone(), false);
            }
        }
        self
    }

    /// Everybody who answers names this leader, or nobody.
    fn led_by(mut self, leader: Option<char>) -> Scene {
        let voters = |answer: &&mut Answer| !answer.table.is_empty();
        for answer in self.0.peers.iter_mut().filter_map(|peer| peer.answer.as_mut().ok()).filter(voters) {
            answer.leader = leader.map(|letter| Leader { id: u64::from(letter), address: address(letter) });
        }
        self
    }

    /// No other exporter can be asked: only the own disk is seen.
    fn alone(mut self) -> Scene {
        self.0.sights.clear();
        self.0.disks.retain(|known, _| *known == address('a'));
        self
    }

    fn full_disk(mut self, letter: char) -> Scene {
        self.0.disks.insert(address(letter), Disk { open_segments: 0, free_bytes: Some(0), ..disk() });
        self
    }

    fn judged(&self) -> Verdict {
        judge(&self.0)
    }
}

/// What is said of each node, by letter: `a+ b- c?`.
fn advice(verdict: &Verdict) -> String {
    let one = |advice: &Advice| {
        let letter = &advice.member.address[..1];
        let sign = match advice.say {
            Say::Yes => '+',
            Say::No => '-',
            Say::CannotTell => '?',
        };
        format!("{letter}{sign}")
    };
    verdict.advice.iter().map(one).collect::<Vec<_>>().join(" ")
}
