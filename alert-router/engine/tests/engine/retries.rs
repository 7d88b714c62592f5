//! Failure: how long who waits, who goes first, what ends a try for good.

use gjallarhorn_engine::{Event, Kind, Next, Outcome, What};

use crate::support::*;

fn later(reason: &str) -> Outcome {
    Outcome::Retry { after: None, reason: reason.to_owned() }
}

/// The seconds until the target may be asked again.
fn wait_of(world: &World, target: &gjallarhorn_engine::TargetName) -> u64 {
    match world.engine.next(target, world.now) {
        Next::WaitUntil(at) => at.since(world.now).as_millis().div_ceil(1000) as u64,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn mail_waits_as_greylisting_wants_and_gives_up_after_a_day() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let mut waits = Vec::new();
    while let Some(send) = world.start(&mail()) {
        world.answer(&send, later("greylisted"));
        if world.decided(What::DeadLetter) > 0 {
            break;
        }
        waits.push(wait_of(&world, &mail()));
        world.wait(*waits.last().unwrap());
    }
    let steps: Vec<u64> = waits.iter().take(7).map(|wait| wait * 10 / 11).collect();
    for (step, least) in steps.iter().zip([27, 108, 270, 540, 1080, 2160, 3240]) {
        assert!((least..=least * 12 / 10).contains(step), "{waits:?}");
    }
    assert!((24 * HOUR..26 * HOUR).contains(&waits.iter().sum()), "{waits:?}");
    let dead = world.decisions.iter().find(|decision| decision.what == What::DeadLetter).unwrap();
    assert!(dead.reason.contains("greylisted") && dead.alerts.len() == 1);
}

#[test]
fn discord_is_asked_twice_a_minute_until_it_is_back() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    for _ in 0..50 {
        let send = world.start(&discord()).unwrap();
        world.answer(&send, later("Discord 503"));
        let wait = wait_of(&world, &discord());
        assert!(wait <= 33, "{wait}");
        world.wait(wait);
    }
    assert_eq!(world.tell(&discord()).kind, Kind::Fire);
}

#[test]
fn a_hint_of_the_peer_is_followed() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let send = world.start(&discord()).unwrap();
    let after = Some(std::time::Duration::from_secs(42));
    world.answer(&send, Outcome::Retry { after, reason: "Discord 429".to_owned() });
    assert!((42..=47).contains(&wait_of(&world, &discord())));
}

#[test]
fn what_waited_out_an_outage_goes_as_soon_as_the_lane_is_well() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("a")])).receive(hook("b", &[warning("b")]));
    for _ in 0..6 {
        if let Next::WaitUntil(at) = world.engine.next(&mail(), world.now) {
            world.now = at;
        }
        let send = world.start(&mail()).unwrap();
        world.answer(&send, later("connection refused"));
    }
    world.wait(33);
    assert!(wait_of(&world, &mail()) > 100, "their own schedules are long by now");
    world.receive(hook("c", &[critical("c")]));
    let told: Vec<Kind> = (0..3).map(|_| world.tell(&mail()).kind).collect();
    assert_eq!(told, [Kind::Fire; 3], "a and b at once after c went well");
}

#[test]
fn new_and_old_alternate_so_that_neither_starves() {
    let mut world = World::new(policy());
    let mut poisoned = Vec::new();
    for n in 0..8 {
        world.receive(hook(&format!("old{n}"), &[warning(&format!("old{n}"))]));
        let send = world.start(&mail()).unwrap();
        poisoned.push(send.about[0].group.clone());
        world.answer(&send, later("greylisted"));
        world.wait(wait_of(&world, &mail()));
    }
    for n in 0..2 {
        world.receive(hook(&format!("new{n}"), &[warning(&format!("new{n}"))]));
    }
    world.wait(HOUR);
    let order: Vec<bool> = (0..4).map(|_| poisoned.contains(&world.tell(&mail()).about[0].group)).collect();
    assert!(
        [[true, false, true, false], [false, true, false, true]].contains(&order.clone().try_into().unwrap()),
        "{order:?}"
    );
}

#[test]
fn a_new_critical_does_not_wait_for_the_backoff_of_a_warning() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    for _ in 0..5 {
        let send = world.start(&mail()).unwrap();
        world.answer(&send, later("greylisted"));
        world.wait(wait_of(&world, &mail()));
    }
    let send = world.start(&mail()).unwrap();
    world.answer(&send, later("greylisted"));
    assert!(wait_of(&world, &mail()) > 2000);
    world.wait(60).receive(hook("a", &[warning("tank"), critical("backup")]));
    assert_eq!(world.tell(&mail()).kind, Kind::Fire);
}

#[test]
fn a_gone_webhook_stops_its_target_and_is_said_elsewhere() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")])).receive(hook("b", &[critical("backup")]));
    let send = world.start(&discord()).unwrap();
    world.answer(&send, Outcome::Gone { reason: "unknown webhook (10015)".to_owned() });
    assert_eq!(world.engine.next(&discord(), world.now), Next::Idle);
    assert!(world.engine.status(&discord()).unwrap().stopped);
    let lines: Vec<String> = (0..3)
        .map(|_| {
            let send = world.tell(&mail());
            world.line(&send)
        })
        .collect();
    let said = "🔴 discord-home takes no more messages: unknown webhook (10015). Its alerts wait";
    assert!(lines.iter().any(|line| line == said), "{lines:?}");
    world.wait(600).apply(&Event::Resumed { target: discord() });
    let told = world.tell_all(&discord());
    assert_eq!(told, [Kind::Fire, Kind::Fire], "what waited is told, the notice is not");
    assert_eq!(world.tell_all(&mail()), [Kind::Over], "the notice ends");
}

#[test]
fn what_waits_for_a_stopped_target_is_a_dead_letter_after_a_day() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let send = world.start(&discord()).unwrap();
    world.answer(&send, Outcome::Gone { reason: "404".to_owned() });
    let due = world.engine.wake_at().unwrap();
    assert_eq!(due.since(world.now).as_secs(), 24 * HOUR);
    world.wait(24 * HOUR).apply(&Event::Clock);
    assert!(
        world.decisions.iter().any(|decision| decision.what == What::DeadLetter && decision.target == Some(discord()))
    );
}

#[test]
fn a_removed_message_is_posted_anew_in_silence() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    world.wait(60).receive(hook("a", &[critical("tank"), warning("backup")]));
    let edit = world.start(&discord()).unwrap();
    world.answer(&edit, Outcome::MessageGone);
    let card = world.tell(&discord());
    assert_eq!((card.kind, card.edits.clone(), world.discord(&card).silent), (Kind::Card, None, true));
    world.wait(60).receive(hook("a", &[over(&critical("tank")), over(&warning("backup"))]));
    assert_eq!(world.tell(&discord()).edits.as_deref(), Some("m2"), "the new message lives on");
}

#[test]
fn an_interrupted_post_is_repeated_once_and_says_so() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let first = world.start(&discord()).unwrap();
    let mailed = world.start(&mail()).unwrap();
    for attempt in world.engine.in_flight() {
        world.apply(&Event::Interrupted { attempt });
    }
    let again = world.tell(&discord());
    assert!(again.possibly_repeated && again.seed == first.seed && again.attempt.number == 2);
    assert!(world.discord(&again).content.contains("possibly repeated"));
    let mail_again = world.tell(&mail());
    assert_eq!(world.mail(&mail_again).message_id_seed, mailed.seed);
    assert_eq!(world.tell_all(&discord()), []);
}

#[test]
fn a_refused_digest_is_told_one_by_one() {
    let mut world = World::new(gjallarhorn_engine::Policy { storm: 2, ..policy() });
    for n in 0..5 {
        world.receive(hook(&format!("g{n}"), &[warning(&format!("p{n}"))]));
    }
    let digest = world.start(&discord()).unwrap();
    assert_eq!(digest.about.len(), 5);
    world.answer(&digest, Outcome::Refused { reason: "Discord 400".to_owned() });
    assert_eq!(world.tell_all(&discord()), [Kind::Fire; 5]);
}

#[test]
fn another_end_is_another_thing_to_tell() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    world.wait(60).receive(hook("a", &[over(&critical("tank"))]));
    assert_eq!(world.tell(&discord()).kind, Kind::Edit);
    let first = world.start(&discord()).unwrap();
    world.answer(&first, Outcome::Ambiguous { reason: "connection reset".to_owned() });
    world.wait(10).receive(hook("a", &[critical("tank")]));
    assert_eq!(world.tell(&discord()).kind, Kind::Edit, "the ring is held: it may be a late word");
    world.wait(10).receive(hook("a", &[over(&critical("tank"))]));
    assert_eq!(world.tell(&discord()).kind, Kind::Edit);
    let second = world.tell(&discord());
    assert_eq!((first.kind, second.kind), (Kind::Over, Kind::Over));
    assert!(second.seed != first.seed && !second.possibly_repeated);
}

#[test]
fn a_short_message_does_not_claim_what_it_cannot_name() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    let many: Vec<_> = (0..12).map(|n| critical(&format!("p{n:02}"))).chain([critical("tank")]).collect();
    world.wait(60).receive(hook("a", &many));
    let join = world.tell(&discord());
    let content = world.discord(&join).content;
    assert!(content.contains("pool p07 DEGRADED") && !content.contains("pool p08 DEGRADED"), "{content}");
    assert_eq!((join.kind, join.about[0].alerts.len()), (Kind::Join, 0));
    world.wait(5);
    assert_eq!(world.tell(&discord()).about[0].alerts.len(), 12, "the card tells them");
}
