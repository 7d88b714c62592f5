//! The push policy: what rings, what is edited in silence, what is mailed.

use gjallarhorn_engine::{Digest, Importance, Kind, Severity, What};

use crate::support::*;

#[test]
fn a_critical_rings_with_a_mention_and_an_urgent_mail() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    let send = world.tell(&discord());
    let message = world.discord(&send);
    assert_eq!(
        (send.kind, send.card, message.silent, message.mentions.roles.as_slice()),
        (Kind::Fire, true, false, &[42][..])
    );
    assert!(message.content.ends_with("\n<@&42>") && message.embed.is_some(), "{}", message.content);
    let send = world.tell(&mail());
    assert_eq!((send.kind, world.mail(&send).importance), (Kind::Fire, Importance::High));
}

#[test]
fn a_warning_rings_without_a_mention() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    let send = world.tell(&discord());
    let message = world.discord(&send);
    assert_eq!((send.kind, message.silent, message.mentions.roles.len()), (Kind::Fire, false, 0));
    let send = world.tell(&mail());
    assert_eq!(world.mail(&send).importance, Importance::Normal);
}

#[test]
fn infos_are_gathered_and_never_ring() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[info("tank")])).wait(600).receive(hook("b", &[info("backup")]));
    assert_eq!(world.tell_all(&discord()), []);
    world.wait(HOUR - 600);
    let send = world.tell(&discord());
    assert_eq!((send.kind, send.about.len(), world.discord(&send).silent), (Kind::Digest(Digest::Infos), 2, true));
    let send = world.tell(&mail());
    assert_eq!(world.mail(&send).importance, Importance::Low);
    world.receive(hook("a", &[over(&info("tank"))])).wait(2 * HOUR);
    assert_eq!(world.tell_all(&discord()), [], "an info's end is not told");
}

#[test]
fn a_joining_warning_is_an_edit_and_no_mail() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    let first = world.tell(&discord());
    world.tell(&mail());
    world.wait(30).receive(hook("a", &[warning("tank"), warning("backup")]));
    let edit = world.tell(&discord());
    assert_eq!((edit.kind, edit.edits.as_deref(), first.edits), (Kind::Edit, Some("m1"), None));
    assert!(world.discord(&edit).content.contains("2 pools DEGRADED (backup, tank)"));
    assert_eq!(world.start(&mail()), None);
}

#[test]
fn a_joining_critical_rings_once_in_a_short_message_and_then_the_card_follows() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    world.tell(&mail());
    world.wait(30).receive(hook("a", &[critical("tank"), critical("backup")]));
    let join = world.tell(&discord());
    let message = world.discord(&join);
    assert_eq!((join.kind, message.embed, message.mentions.roles.len()), (Kind::Join, None, 1));
    assert!(world.line(&join).contains("pool backup DEGRADED"), "the new one: {}", world.line(&join));
    assert!(message.content.contains("https://discord.com/channels/1/2/1"), "links the card: {}", message.content);
    assert_eq!(world.tell_all(&discord()), [Kind::Edit]);
    assert_eq!(world.tell_all(&mail()), [Kind::Join]);
}

#[test]
fn a_rise_rings_and_is_mailed_in_the_thread() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    world.tell(&discord());
    let root = world.tell(&mail());
    world.wait(30).receive(hook("a", &[warning("tank"), critical("backup")]));
    let rise = world.tell(&discord());
    assert_eq!(
        (rise.kind, rise.severity, world.discord(&rise).mentions.roles.len()),
        (Kind::Rise, Severity::Critical, 1)
    );
    let reply = world.tell(&mail());
    let message = world.mail(&reply);
    assert_eq!((reply.kind, message.importance), (Kind::Rise, Importance::High));
    assert_eq!((message.references_seed, message.subject), (vec![root.seed.clone()], world.mail(&root).subject));
}

#[test]
fn a_part_that_ends_is_an_edit_only() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank"), critical("backup")]));
    world.tell(&discord());
    world.tell(&mail());
    world.wait(30).receive(hook("a", &[over(&critical("tank")), critical("backup")]));
    assert_eq!(world.tell_all(&discord()), [Kind::Edit]);
    assert_eq!(world.tell_all(&mail()), []);
}

#[test]
fn the_end_of_a_critical_turns_the_card_and_says_one_silent_line() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    let root = world.tell(&mail());
    world.wait(840).receive(hook("a", &[over(&critical("tank"))]));
    let edit = world.tell(&discord());
    assert_eq!((edit.kind, world.discord(&edit).embed.unwrap().color), (Kind::Edit, 0x2e_7d32));
    assert!(world.discord(&edit).mentions.roles.is_empty());
    let line = world.tell(&discord());
    let message = world.discord(&line);
    assert_eq!((line.kind, message.silent, message.embed), (Kind::Over, true, None));
    assert!(message.content.starts_with("✅ over after 15 min: odin: pool tank DEGRADED"), "{}", message.content);
    let reply = world.tell(&mail());
    assert_eq!((reply.kind, world.mail(&reply).references_seed), (Kind::Over, vec![root.seed]));
    assert_eq!((world.start(&discord()), world.start(&mail())), (None, None));
}

#[test]
fn the_end_of_a_warning_is_an_edit_only() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[warning("tank")]));
    world.tell(&discord());
    world.wait(60).receive(hook("a", &[over(&warning("tank"))]));
    assert_eq!(world.tell_all(&discord()), [Kind::Edit]);
}

#[test]
fn a_fire_after_the_end_is_a_new_episode() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    let first = world.tell(&mail());
    world.wait(60).receive(hook("a", &[over(&critical("tank"))]));
    world.tell_all(&discord());
    world.tell_all(&mail());
    world.wait(600).receive(hook("a", &[alert("ZfsPoolDegraded", "critical", "tank", 500)]));
    let again = world.tell(&discord());
    assert_eq!((again.kind, again.card, again.about[0].episode), (Kind::Fire, true, 2));
    let mail_again = world.tell(&mail());
    assert!(world.mail(&mail_again).references_seed.is_empty() && mail_again.seed != first.seed);
}

#[test]
fn a_repeat_after_the_interval_is_a_reminder_and_earlier_ones_are_not() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank")]));
    world.tell_all(&discord());
    world.tell_all(&mail());
    world.wait(HOUR).receive(hook("a", &[critical("tank")]));
    assert_eq!(world.tell_all(&discord()), [], "too early");
    world.wait(3 * HOUR - 30).receive(hook("a", &[critical("tank")])).receive(hook("a", &[critical("tank")]));
    let reminder = world.tell(&discord());
    assert_eq!((reminder.kind, reminder.edits.clone()), (Kind::Reminder, None));
    assert_eq!(world.line(&reminder), "🔴 still after 4 h: odin: pool tank DEGRADED, can lose 0 more disks");
    assert_eq!(world.tell_all(&mail()), [Kind::Reminder]);
    assert_eq!(world.tell_all(&discord()).len(), 0, "both peers of a redundant sender repeat, one reminder");
    assert_eq!(world.decided(What::Reminded), 1);
}

#[test]
fn what_the_sender_no_longer_speaks_of_is_not_reminded() {
    let mut world = World::new(policy());
    world.receive(hook("a", &[critical("tank"), critical("backup")]));
    world.tell_all(&discord());
    world.wait(60).receive(hook("a", &[over(&critical("backup"))]));
    world.tell_all(&discord());
    world.wait(5 * HOUR).receive(hook("a", &[over(&critical("backup"))]));
    assert!(!world.tell_all(&discord()).contains(&Kind::Reminder), "tank is silenced");
}

#[test]
fn edits_are_five_seconds_apart_and_old_messages_change_only_for_a_reason() {
    let mut world = World::new(policy());
    let mut worded = critical("tank");
    world.receive(hook("a", &[critical("tank")]));
    world.tell(&discord());
    worded.annotations.insert("summary".to_owned(), "odin: pool tank DEGRADED, 3 errors".to_owned());
    world.wait(1).receive(hook("a", &[worded.clone()]));
    assert_eq!(world.start(&discord()), None);
    world.wait(4);
    assert_eq!(world.tell(&discord()).kind, Kind::Edit);
    worded.annotations.insert("summary".to_owned(), "odin: pool tank DEGRADED, 4 errors".to_owned());
    world.wait(3700).receive(hook("a", &[worded]));
    assert_eq!(world.tell_all(&discord()), [], "other words alone do not touch an old message");
    world.receive(hook("a", &[critical("tank"), warning("backup")]));
    assert_eq!(world.tell_all(&discord()), [Kind::Edit]);
}

#[test]
fn a_first_start_tells_warnings_in_one_digest_and_criticals_apart() {
    let mut world = World::fresh(policy());
    world.apply(&gjallarhorn_engine::Event::Clock);
    world.receive(hook("a", &[warning("a")])).receive(hook("b", &[warning("b")])).receive(hook("c", &[critical("c")]));
    let apart = world.tell(&discord());
    assert_eq!((apart.kind, apart.severity), (Kind::Fire, Severity::Critical));
    assert_eq!(world.start(&discord()), None, "the rest waits to be gathered");
    world.wait(30).receive(hook("d", &[info("d")])).wait(60);
    let digest = world.tell(&discord());
    assert_eq!((digest.kind, digest.about.len()), (Kind::Digest(Digest::FirstStart), 2));
    assert!(world.discord(&digest).attachment.unwrap().text.contains("pool b DEGRADED"));
    let new = alert("ZfsPoolDegraded", "warning", "new", 200);
    world.wait(120).receive(hook("e", &[new]));
    assert_eq!(world.tell(&discord()).kind, Kind::Fire, "what began later is told by itself");
}

#[test]
fn a_storm_is_one_message_with_the_full_list_and_criticals_first() {
    let mut world = World::new(policy());
    for n in 0..30 {
        let severity = if n % 3 == 0 { "critical" } else { "warning" };
        world.receive(hook(&format!("g{n}"), &[alert("Down", severity, &format!("p{n}"), n)]));
    }
    // Ten criticals are told apart, because ten are not more than ten.
    let told: Vec<_> = (0..10).map(|_| world.tell(&discord())).collect();
    assert!(told.iter().all(|send| send.kind == Kind::Fire && send.severity == Severity::Critical));
    let digest = world.tell(&discord());
    assert_eq!((digest.kind, digest.about.len()), (Kind::Digest(Digest::Storm), 20));
    let file = world.discord(&digest).attachment.unwrap().text;
    assert!((0..30).filter(|n| n % 3 > 0).all(|n| file.contains(&format!("pool p{n} DEGRADED"))));
    assert_eq!(
        world.line(&digest),
        "🟠 20 alerts in 1 min, 0 critical. First: odin: pool p1 DEGRADED. Full list attached"
    );
    for n in 0..30 {
        let severity = if n % 3 == 0 { "critical" } else { "warning" };
        world.receive(hook(&format!("g{n}"), &[over(&alert("Down", severity, &format!("p{n}"), n))]));
    }
    let told = world.tell_all(&discord());
    assert_eq!(told.iter().filter(|kind| **kind == Kind::Digest(Digest::Overs)).count(), 1, "{told:?}");
}
