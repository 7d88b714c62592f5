//! What webhooks mean: duplicates, absence, cut-off lists, late words of redundant senders.

use gjallarhorn_engine::{Kind, Status, Webhook, What};

use crate::support::*;

#[test]
fn the_same_webhook_twice_tells_once() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")])).receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    world.receive(hook("a", &[critical("tank")]));
    assert_eq!(world.tell_all(&discord()), []);
    assert_eq!((world.decided(What::Fired), world.decided(What::Duplicate)), (1, 2));
}

#[test]
fn absence_is_not_an_end() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank"), critical("backup")]));
    world.tell(&discord());
    let gone = hook("a", &[over(&critical("tank"))]);
    assert_eq!(gone.status, Status::Resolved, "the sender calls the group resolved");
    world.wait(60).receive(gone);
    let edit = world.tell(&discord());
    assert_eq!((edit.kind, world.decided(What::KeptOpen), world.decided(What::Closed)), (Kind::Edit, 1, 0));
    assert!(world.line(&edit).starts_with("🔴 odin: pool backup DEGRADED"), "{}", world.line(&edit));
    assert!(world.discord(&edit).embed.unwrap().description.contains("1 of them were not in the sender's last word"));
}

#[test]
fn a_cut_off_list_closes_nothing() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    let cut = Webhook { truncated_alerts: 2, ..hook("a", &[over(&critical("tank"))]) };
    world.wait(60).receive(cut);
    assert_eq!(world.decided(What::Closed), 0);
    let edit = world.tell(&discord());
    assert!(world.discord(&edit).embed.unwrap().description.contains("2 more alerts were left out by the sender"));
    world.wait(60).receive(hook("a", &[over(&critical("tank"))]));
    assert_eq!(world.decided(What::Closed), 1, "the whole list closes it");
}

#[test]
fn the_same_start_after_an_end_is_a_refire() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    world.wait(60).receive(hook("a", &[over(&critical("tank"))]));
    world.tell_all(&discord());
    world.tell_all(&mail());
    world.wait(300).receive(hook("a", &[critical("tank")]));
    assert_eq!((world.decided(What::Refired), world.tell(&discord()).kind), (1, Kind::Fire));
}

#[test]
fn the_late_word_of_a_redundant_sender_does_not_ring_unless_it_stays() {
    for corrected in [true, false] {
        let mut world = World::new(policy());
        world.receive(hook("a", &[critical("tank"), critical("backup")]));
        world.tell_all(&discord());
        world.wait(60).receive(hook("a", &[over(&critical("tank")), critical("backup")]));
        world.tell_all(&discord());
        world.wait(5).receive(hook("a", &[critical("tank"), critical("backup")]));
        assert!(world.start(&discord()).is_none_or(|send| send.kind == Kind::Edit), "no ring yet");
        let mut world = {
            let mut fresh = World::new(policy());
            std::mem::swap(&mut fresh, &mut world);
            fresh
        };
        for send in world.engine.in_flight() {
            world.apply(&gjallarhorn_engine::Event::Interrupted { attempt: send });
        }
        if corrected {
            world.wait(20).receive(hook("a", &[over(&critical("tank")), critical("backup")]));
        }
        world.wait(60);
        assert_eq!(world.tell_all(&discord()).contains(&Kind::Join), !corrected);
    }
}

#[test]
fn a_later_start_without_an_end_is_a_new_firing() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    let later = alert("ZfsPoolDegraded", "critical", "tank", 100);
    world.wait(200).receive(hook("a", std::slice::from_ref(&later)));
    assert_eq!((world.decided(What::Refired), world.tell(&discord()).kind), (1, Kind::Join));
    world.receive(hook("a", &[critical("tank")]));
    assert_eq!(world.decided(What::Ignored), 1, "the older start is an old word");
    world.wait(60).receive(hook("a", &[over(&later)]));
    assert_eq!(world.decided(What::Closed), 1);
}

#[test]
fn an_end_of_what_was_never_known_is_told_late_but_not_from_before_the_start() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[over(&critical("tank"))]));
    assert_eq!(world.tell(&discord()).kind, Kind::ToldLate);
    let before = alert("ZfsPoolDegraded", "critical", "tank", -200_000);
    world.receive(hook("b", &[over(&before)]));
    assert_eq!((world.decided(What::Ignored), world.tell_all(&discord())), (1, vec![]));
}

#[test]
fn a_watchdog_is_heard_and_never_told() {
    let mut world = World::new(policy());
    world.receive(hook("w", &[alert("Watchdog", "none", "x", 0)]));
    assert_eq!((world.decided(What::Heartbeat), world.tell_all(&discord())), (1, vec![]));
}

#[test]
fn what_finds_no_room_is_counted_and_told_and_keeps_the_group_open() {
    let mut small = policy();
    small.bounds.alerts = 3;
    let mut world = World::new(small);
    let alerts: Vec<_> = (0..5).map(|n| critical(&format!("p{n}"))).collect();
    world.receive(hook("a", &alerts));
    let send = world.tell(&discord());
    assert!(world.discord(&send).embed.unwrap().description.contains("2 more alerts found no room in the router"));
    assert_eq!(world.decided(What::Dropped), 1);
    let mut ended: Vec<_> = alerts.iter().take(3).map(over).collect();
    ended.extend_from_slice(&alerts[3..]);
    world.wait(60).receive(hook("a", &ended));
    assert_eq!(world.decided(What::Closed), 0);
}

#[test]
fn a_full_table_lets_go_of_what_is_over_and_told_and_else_says_so() {
    let mut small = policy();
    small.bounds.groups = 3;
    let mut world = World::new(small);
    for key in ["a", "b", "c"] {
        world.receive(hook(key, &[critical(key)]));
    }
    world.tell_all(&discord());
    world.tell_all(&mail());
    world.receive(hook("d", &[critical("d")]));
    assert_eq!(world.decided(What::Dropped), 1);
    let send = world.tell(&discord());
    assert!(world.line(&send).starts_with("🔴 router is full, 1 new groups"), "{}", world.line(&send));
    world.wait(60).receive(hook("a", &[over(&critical("a"))]));
    world.tell_all(&discord());
    world.tell_all(&mail());
    world.receive(hook("d", &[critical("d")]));
    assert_eq!(world.tell(&discord()).kind, Kind::Fire, "there is room now");
}

#[test]
fn a_held_ring_is_not_let_go_by_something_else_that_joins() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank"), critical("backup")]));
    world.tell_all(&discord());
    world.wait(60).receive(hook("a", &[over(&critical("tank")), critical("backup")]));
    world.tell_all(&discord());
    world.wait(5).receive(hook("a", &[critical("tank"), critical("backup"), warning("photos")]));
    assert_eq!(world.tell(&discord()).kind, Kind::Edit);
    world.wait(30);
    assert_eq!(world.start(&discord()), None);
    world.wait(15);
    assert_eq!(world.tell(&discord()).kind, Kind::Join);
}
