//! Laws that hold for every cluster, however broken.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const FAILURES: [PeerFailure; 3] = [PeerFailure::Timeout, PeerFailure::Refused, PeerFailure::TlsUntrusted];

/// One thing that is wrong.
#[derive(Clone, Debug)]
enum Harm {
    Dead(Index, usize),
    /// Does not answer here, and answers others.
    HiddenHere(Index),
    /// The first does not see the second.
    Blind(Index, Index),
    Full(Index),
    Behind(Index, u64),
    StandsStill(Index),
    NoDisk(Index),
    FollowsNobody(Index),
    Leaderless,
}

fn harm() -> impl Strategy<Value = Harm> {
    let node = any::<Index>;
    prop_oneof![
        (node(), 0..3_usize).prop_map(|(one, why)| Harm::Dead(one, why)),
        node().prop_map(Harm::HiddenHere),
        (node(), node()).prop_map(|(one, other)| Harm::Blind(one, other)),
        node().prop_map(Harm::Full),
        (node(), 0..4000_u64).prop_map(|(one, by)| Harm::Behind(one, by)),
        node().prop_map(Harm::StandsStill),
        node().prop_map(Harm::NoDisk),
        node().prop_map(Harm::FollowsNobody),
        Just(Harm::Leaderless),
    ]
}

/// Up to nine members, of which the first ones vote; `a` is this node and the first that leads.
fn scene() -> impl Strategy<Value = Scene> {
    let roles = (1..=5_usize, 0..=2_usize, 0..=2_usize);
    (roles, any::<Index>(), prop::collection::vec(harm(), 0..5)).prop_map(
        |((voters, standbys, spares), leader, harms)| {
            let letters = "abcdefghi";
            let (voters_end, standbys_end) = (voters, voters + standbys);
            let all = standbys_end + spares;
            let table = table(&letters[..voters_end], &letters[voters_end..standbys_end], &letters[standbys_end..all]);
            let leader = letters.as_bytes()[leader.index(voters)] as char;
            harms.iter().fold(Scene::new(table, leader), |scene, harm| scene.harmed(harm, &letters[..all]))
        },
    )
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl Scene {
    fn harmed(mut self, harm: &Harm, letters: &str) -> Scene {
        let letter = |place: &Index| letters.as_bytes()[place.index(letters.len())] as char;
        match harm {
            Harm::Dead(one, why) => return self.dead(&letter(one).to_string(), FAILURES[*why]),
            Harm::HiddenHere(one) => self.peer(letter(one)).answer = Err(PeerFailure::Timeout),
            Harm::Blind(one, other) => {
                let (one, other) = (address(letter(one)), address(letter(other)));
                for sight in self.0.sights.iter_mut().filter(|sight| sight.observer == one) {
                    sight.up.insert(other.clone(), false);
                }
            }
            Harm::Full(one) => return self.full_disk(letter(one)),
            // A leader has everything that was ever agreed upon; that is what makes it one.
            Harm::Behind(one, _) if self.peer(letter(one)).claims() => {}
            Harm::Behind(one, by) => {
                self.0.disks.entry(address(letter(one))).and_modify(|disk| disk.last_index = INDEX - by);
            }
            Harm::StandsStill(one) => {
                self.0.disks.entry(address(letter(one))).and_modify(|disk| disk.stands_still = true);
            }
            Harm::NoDisk(one) => self.0.disks.retain(|known, _| *known != address(letter(one))),
            Harm::FollowsNobody(one) => {
                if let Ok(answer) = &mut self.peer(letter(one)).answer {
                    answer.leader = None;
                }
            }
            Harm::Leaderless => return self.led_by(None),
        }
        self
    }

    /// Everything that could be missing, each taken away alone.
    fn with_less(&self) -> Vec<Scene> {
        let mut less = Vec::new();
        let mut without = |change: &dyn Fn(&mut Input)| {
            let mut input = self.0.clone();
            change(&mut input);
            less.push(Scene(input));
        };
        for place in 0..self.0.peers.len() {
            without(&|input| drop(input.peers.remove(place)));
            without(&|input| input.peers[place].answer = Err(PeerFailure::Timeout));
        }
        for known in self.0.disks.keys() {
            without(&|input| input.disks.retain(|one, _| one != known));
        }
        for (place, sight) in self.0.sights.iter().enumerate() {
            without(&|input| drop(input.sights.remove(place)));
            for other in sight.up.keys() {
                without(&|input| input.sights[place].up.retain(|one, _| one != other));
            }
        }
        without(&|input| input.file = None);
        without(&|input| input.own.locks = None);
        less
    }
}

fn safe(verdict: &Verdict) -> Vec<String> {
    let safe = verdict.advice.iter().filter(|advice| advice.say == Say::Yes);
    safe.map(|advice| advice.member.address.clone()).collect()
}

proptest! {
    #[test]
    fn tolerance_is_margin_under_a_leader(scene in scene()) {
        let verdict = scene.judged();
        if let Some(numbers) = verdict.numbers {
            prop_assert!(numbers.tolerable == 0 || numbers.margin >= 1);
            prop_assert!(numbers.tolerable == 0 || verdict.view.leader.is_some());
            prop_assert!(numbers.effective <= numbers.online && numbers.online <= verdict.voters.len());
            prop_assert!(numbers.sequential >= numbers.tolerable);
        }
        prop_assert_eq!(verdict.ha() == Some(true), verdict.reason == HaReason::Ok);
    }

    /// A node may be stopped only if without it the quorum stands.
    #[test]
    fn safe_means_a_margin_without_it(scene in scene()) {
        let verdict = scene.judged();
        for node in safe(&verdict) {
            let left = verdict.voters.iter().filter(|(voter, standing)| voter.address != node && standing.is_effective());
            prop_assert!(left.count() >= verdict.size());
            prop_assert!(verdict.view.leader.is_some());
        }
    }

    /// The answer after the stop is the same as the promise: the node is gone, and the margin is not below 0.
    #[test]
    fn a_promise_is_kept(scene in scene()) {
        for node in safe(&scene.judged()) {
            let letter = node.chars().next().unwrap();
            let stopped = Scene(scene.0.clone()).dead(&letter.to_string(), PeerFailure::Refused);
            let after = stopped.judged();
            prop_assert!(after.numbers.is_some_and(|numbers| numbers.margin >= 0), "{:?}", after);
        }
    }

    /// What is not known can only make the answer more careful.
    #[test]
    fn a_missing_view_never_makes_it_safer(scene in scene()) {
        let before = safe(&scene.judged());
        for less in scene.with_less() {
            let after = safe(&less.judged());
            prop_assert!(after.iter().all(|node| before.contains(node)), "{:?}\n{:?}", after, less);
        }
    }

    #[test]
    fn a_change_is_safe_only_if_every_voter_may_be_missed_or_none_is_needed(scene in scene()) {
        let verdict = scene.judged();
        if verdict.safe_to_change == Some(true) {
            prop_assert!(verdict.voters.iter().all(|(_, standing)| standing.is_proven()));
            prop_assert!(verdict.voters.len() < 3 || verdict.ha() == Some(true));
        }
    }
}
