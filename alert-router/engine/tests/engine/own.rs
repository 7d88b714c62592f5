//! What the router itself has to say, and checkpoints that are none.

use gjallarhorn_engine::{DeliveryId, Engine, Event, Kind, Timestamp, What};

use crate::support::*;

#[test]
fn a_silent_sender_is_told_once_and_its_return_too() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    world.tell_all(&discord());
    world.wait(600);
    let silent = Event::Silent { source: "am".to_owned(), since: Timestamp(world.now.0 - 600_000) };
    world.apply(&silent);
    world.apply(&silent);
    let send = world.tell(&discord());
    assert_eq!(world.line(&send), "🔴 no word from am for 10 min. Alerts may be missing");
    assert_eq!(world.decided(What::SenderSilent), 1);
    world.wait(300).apply(&Event::SenderBack { source: "am".to_owned() });
    let edit = world.tell(&discord());
    assert_eq!(world.line(&edit), "✅ am is heard again after 5 min");
}

#[test]
fn a_watchdog_that_falls_silent_is_told_by_the_clock() {
    let mut watching = policy();
    watching.watchdog_after = Some(std::time::Duration::from_secs(600));
    let mut world = World::new(watching);
    let watchdog = [alert("Watchdog", "none", "x", 0)];
    world.receive(hook("w", &watchdog));
    assert_eq!(world.engine.wake_at().unwrap().since(world.now).as_secs(), 600);
    world.wait(600).apply(&Event::Clock);
    assert_eq!(world.tell(&discord()).kind, Kind::Fire);
    world.wait(60).receive(hook("w", &watchdog));
    assert_eq!(world.decided(What::SenderBack), 1);
}

#[test]
fn unreadable_bytes_are_told_until_the_sender_can_be_read_again() {
    let mut world = World::new(policy());
    let delivery = DeliveryId("q1".to_owned());
    let reason = "not JSON, EOF while parsing a value at line 1 column 0: ``".to_owned();
    world.apply(&Event::Unreadable { source: "am".to_owned(), delivery, reason });
    let send = world.tell(&discord());
    assert!(world.line(&send).starts_with("🟠 am sends alerts that cannot be read. Look at the sender: not JSON"));
    world.wait(60).receive(hook("a", &[warning("tank")]));
    assert!(world.tell_all(&discord()).contains(&Kind::Edit));
}

#[test]
fn an_edited_route_tree_finds_its_open_group_again() {
    let mut world = World::new(policy());
    let mut first = hook("{}:{x}", &[critical("tank")]);
    first.group_labels = labels(&[("instance", "odin")]);
    world.receive(first.clone());
    world.tell_all(&discord());
    first.group_key = "{}/{new=\"route\"}:{x}".to_owned();
    world.wait(60).receive(first.clone());
    assert_eq!((world.decided(What::Adopted), world.tell_all(&discord())), (1, vec![]));
    first.alerts = vec![over(&critical("tank"))];
    world.receive(first);
    assert_eq!(world.tell_all(&discord()), [Kind::Edit, Kind::Over]);
}

#[test]
fn a_group_of_which_nothing_is_heard_for_days_is_put_away() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    world.wait(121 * HOUR).apply(&Event::Clock);
    assert_eq!(world.decided(What::Forgotten), 1);
    let edit = world.tell(&discord());
    assert!(world.discord(&edit).embed.unwrap().description.contains("no word for 5 days, put away"));
}

#[test]
fn what_is_over_and_told_is_forgotten_after_a_day() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.receive(hook("a", &[over(&critical("tank"))]));
    world.tell_all(&discord());
    world.tell_all(&mail());
    let due = world.engine.wake_at().unwrap();
    world.now = due;
    world.apply(&Event::Clock);
    assert_eq!(world.engine.wake_at(), None);
}

#[test]
fn nobody_to_tell_is_a_decision() {
    let mut nowhere = policy();
    nowhere.routes.targets = vec![gjallarhorn_engine::TargetName("gone".to_owned())];
    let mut world = World::new(nowhere);
    world.receive(hook("a", &[critical("tank")]));
    assert_eq!((world.decided(What::Unrouted), world.tell_all(&discord())), (1, vec![]));
}

#[test]
fn bytes_that_are_no_checkpoint_are_refused() {
    let error = |bytes: &[u8]| Engine::restore(policy(), bytes).unwrap_err().to_string();
    assert_eq!(error(b""), "damaged checkpoint");
    assert_eq!(error(br#"{"version": 99, "state": {}}"#), "checkpoint of version 99, this engine reads 1");
    assert_eq!(error(br#"{"version": 1, "state": {}}"#), "damaged checkpoint");
}

#[test]
fn an_answer_to_nothing_changes_nothing() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let send = world.start(&discord()).unwrap();
    world.deliver(&send);
    let before = world.engine.checkpoint();
    world.deliver(&send);
    world.apply(&Event::Started { send: Box::new(send.clone()) });
    world.apply(&Event::Interrupted { attempt: send.attempt });
    assert!(world.engine.checkpoint() == before && world.decided(What::Ignored) == 3);
}
