//! Late truth: what could not be told in time is told all the same, once, and says so.

use std::time::Duration;

use gjallarhorn_engine::{Kind, Outcome, What};

use crate::support::*;

fn fails(world: &mut World, reason: &str) {
    let send = world.start(&discord()).unwrap();
    world.answer(&send, Outcome::Retry { after: None, reason: reason.to_owned() });
}

#[test]
fn a_late_first_telling_says_how_late_and_why() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    fails(&mut world, "Discord 503");
    world.wait(14 * MINUTE);
    let send = world.tell(&discord());
    assert_eq!(world.line(&send), "🔴 14 min late (Discord 503): odin: pool tank DEGRADED, can lose 0 more disks");
}

#[test]
fn fired_and_over_while_nobody_could_be_told_is_told_once() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    fails(&mut world, "Discord 503");
    world.wait(15 * MINUTE - 60).receive(hook("a", &[over(&critical("tank"))])).wait(10 * MINUTE);
    let send = world.tell(&discord());
    assert_eq!(send.kind, Kind::ToldLate);
    assert_eq!(world.line(&send), "✅ told late: odin: pool tank DEGRADED, from 02:09 to 02:24 (Discord 503)");
    assert_eq!(world.tell_all(&discord()), []);
    assert_eq!(world.decided(What::Told), 1);
}

#[test]
fn what_fires_again_before_its_end_was_told_goes_on_in_the_same_episode() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let first = world.tell(&discord());
    world.wait(60).receive(hook("a", &[over(&critical("tank"))]));
    fails(&mut world, "Discord 503");
    world.wait(600).receive(hook("a", &[alert("ZfsPoolDegraded", "critical", "tank", 500)]));
    let again = world.tell(&discord());
    assert_eq!((again.kind, again.about[0].episode), (Kind::Join, first.about[0].episode));
    assert_eq!(world.tell_all(&discord()), [Kind::Edit], "the card is red again");
    world.wait(60).receive(hook("a", &[over(&alert("ZfsPoolDegraded", "critical", "tank", 500))]));
    assert_eq!(world.tell_all(&discord()), [Kind::Edit, Kind::Over]);
}

#[test]
fn a_warning_that_fires_again_before_its_end_was_told_rings_again() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    world.tell(&discord());
    world.wait(60).receive(hook("a", &[over(&warning("tank"))]));
    world.wait(600).receive(hook("a", &[alert("ZfsPoolDegraded", "warning", "tank", 500)]));
    assert_eq!(world.tell_all(&discord()), [Kind::Join, Kind::Edit]);
}

#[test]
fn a_clock_that_was_never_set_makes_no_delay() {
    let mut world = World::fresh(policy());
    world.now = gjallarhorn_engine::Timestamp::from_secs(5);
    world.apply(&gjallarhorn_engine::Event::Clock);
    world.receive(hook("a", &[critical("tank")]));
    fails(&mut world, "Discord 503");
    world.now = START;
    let send = world.tell(&discord());
    assert!(!world.line(&send).contains("late"), "{}", world.line(&send));
}

#[test]
fn a_clock_set_back_by_years_delays_nothing() {
    let mut world = World::new(policy());
    world.now = world.now.after(Duration::from_secs(50 * 365 * 24 * HOUR));
    world.receive(hook("a", &[critical("tank")]));
    fails(&mut world, "Discord 503");
    world.now = START;
    assert_eq!(world.tell(&discord()).kind, Kind::Fire);
}
