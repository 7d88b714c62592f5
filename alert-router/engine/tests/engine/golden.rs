//! The words themselves: each row of the table of lines, and whole messages as golden files beside this one.
//!
//! `INSTA_UPDATE=always cargo test` writes the files anew; look at the difference before believing it.

use gjallarhorn_engine::{Alert, Digest, Kind, Limits, Outcome, Preview, Status, parse, preview};

use crate::support::*;

/// A rule's alert: severity, labels and summary.
fn rule(severity: &str, pairs: &[(&str, &str)], summary: &str) -> Alert {
    let mut alert = alert("Rule", severity, "x", 0);
    alert.labels = labels(pairs);
    alert.labels.insert("severity".to_owned(), severity.to_owned());
    alert.annotations = if summary.is_empty() { labels(&[]) } else { labels(&[("summary", summary)]) };
    alert.fingerprint = format!("{pairs:?}");
    alert
}

fn line_of(alerts: &[Alert]) -> String {
    preview(&hook("g", alerts), "am", START).unwrap().line
}

/// What the rules of this project say, and that the line is just that.
#[test]
fn a_rules_summary_is_the_line() {
    for (severity, host, summary) in [
        ("warning", "odin", "odin: pool tank lost a disk (…0003 gone), can lose 1 more. Spare is copying, 3 h left"),
        ("critical", "odin", "odin: pool tank DEGRADED, can lose 0 more disks. Replace …0003 now"),
        ("critical", "odin", "odin: pool tank SUSPENDED, all writes stopped, 2 disks of mirror-0 gone"),
        (
            "critical",
            "odin",
            "odin: pool tank does not answer, a write is stuck for 74 s. Look at cable and controller",
        ),
        ("critical", "odin", "odin: pool tank has 3 damaged files. Restore them from a backup"),
        ("warning", "odin", "odin: pool tank not scrubbed for 41 days"),
        ("warning", "pi-ui", "pi-ui: supply too weak, 3 drops in 10 min. Check cable and power supply"),
        ("warning", "odrerir", "odrerir: CPU at 1.0 of 2.4 GHz, 82 °C. Fan stands still"),
        ("warning", "odrerir", "odrerir: swap is on again (zram0, brought back by rpi-swap)"),
        ("warning", "odrerir", "odrerir: node is called \"Odrerir\" in the cluster and \"odrerir\" on the host"),
        (
            "critical",
            "pi-1",
            "microk8s: one more failure stops the cluster (2 of 3 voters, pi-2 down). Restart nothing",
        ),
        ("warning", "pi-1", "microk8s: status says HA, but pi-2 has been dead since 14:02"),
        ("critical", "pi-1", "microk8s: no quorum, nothing can be changed (1 of 3 voters)"),
        ("critical", "pi-1", "photos: no good backup for 33 h, due every 24 h (restic on nas)"),
        ("critical", "pi-1", "pg-dump: last backup is EMPTY (0 files, usually 1,204)"),
        ("warning", "pi-1", "etcd-snapshots: never succeeded since it was set up 3 days ago"),
    ] {
        let mark = if severity == "critical" { "🔴" } else { "🟠" };
        let alert = rule(severity, &[("alertname", "Rule"), ("instance", host)], summary);
        let shown = preview(&hook("g", std::slice::from_ref(&alert)), "am", START).unwrap();
        assert_eq!(shown.line, format!("{mark} {summary}"));
        assert_eq!(shown.discord.content, shown.line, "nothing in it needs an escape");
    }
}

#[test]
fn an_end_says_how_long_it_was() {
    let mut ended = rule("critical", &[("alertname", "Rule")], "odin: pool tank DEGRADED, can lose 0 more disks");
    (ended.status, ended.ends_at) = (Status::Resolved, Some(START.after(std::time::Duration::from_secs(900))));
    assert_eq!(line_of(std::slice::from_ref(&ended)), "✅ over after 15 min: odin: pool tank DEGRADED");
    ended.annotations.insert("over".to_owned(), "odin: pool tank ONLINE again".to_owned());
    assert_eq!(line_of(&[ended]), "✅ odin: pool tank ONLINE again after 15 min");
}

#[test]
fn several_at_once_are_one_line() {
    let pool =
        |pool, summary| rule("critical", &[("alertname", "Rule"), ("instance", "odin"), ("pool", pool)], summary);
    let mut backup = pool("backup", "odin: pool backup degraded, can lose 0");
    backup.starts_at = START.after(std::time::Duration::from_secs(1));
    assert_eq!(
        line_of(&[pool("tank", "odin: pool tank degraded, can lose 1"), backup]),
        "🔴 odin: 2 pools degraded (tank, backup)",
        "the oldest first"
    );
    let down = |host| {
        rule("critical", &[("alertname", "Rule"), ("instance", host)], &format!("{host}: unreachable for 5 min"))
    };
    assert_eq!(
        line_of(&[down("odin"), down("pi-1"), down("pi-2")]),
        "🔴 unreachable for 5 min on 3 hosts (odin, pi-1 +1)"
    );
    let other = rule("warning", &[("alertname", "Other"), ("instance", "odin")], "odin: swap is on again");
    assert_eq!(
        line_of(&[pool("tank", "odin: pool tank degraded, can lose 1"), other]),
        "🔴 odin: pool tank degraded and 1 more"
    );
}

#[test]
fn foreign_alerts_get_a_fair_line() {
    let line = |severity: &str, pairs: &[(&str, &str)], summary: &str| line_of(&[rule(severity, pairs, summary)]);
    let named = [("alertname", "KubePodCrashLooping"), ("instance", "pi-3:8080"), ("pod", "media")];
    assert_eq!(line("warning", &named, ""), "🟠 pi-3: KubePodCrashLooping, pod media");
    assert_eq!(line("warning", &named, "Pod is crash looping."), "🟠 pi-3: Pod is crash looping.");
    assert_eq!(line("page", &[("alertname", "Down"), ("instance", "[fe80::1]:9100")], ""), "🔴 fe80::1: Down");
    assert_eq!(line("", &[("alertname", "Odd")], ""), "🟠 Odd");
    assert_eq!(line("", &[], ""), "🟠 unnamed alert");
    let four = include_str!("../../fixtures/webhooks/alertmanager-0.34-foreign.json");
    let hook = parse(four.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(preview(&hook, "am", START).unwrap().line, "🟠 pi-3: KubePodCrashLooping, 4 pods (media, dns +2)");
}

#[test]
fn hostile_words_keep_the_shape() {
    let labels = [("alertname", "@everyone"), ("instance", "<@1>\u{202e}[x](https://evil.example)")];
    let shown = preview(&hook("g", &[rule("warning", &labels, "")]), "am", START).unwrap();
    assert_eq!(shown.discord.content, "🟠 ‹@1>[x\\](https[:]//evil.example): ＠everyone");
    assert_eq!(shown.line, "🟠 <@1>[x](https://evil.example): @everyone");
    let mark = rule("critical", &[("alertname", "x"), ("instance", "odin")], "✅ odin: all is well");
    assert_eq!(line_of(&[mark]), "🔴 odin: all is well", "a text cannot bring its own mark");
}

#[test]
fn what_is_too_long_is_cut_at_a_word_and_counted() {
    let long = format!("odin: pool tank {}has ended", "is very very degraded, ".repeat(8));
    let line = line_of(&[rule("critical", &[("alertname", "x"), ("instance", "odin")], &long)]);
    assert!(line.encode_utf16().count() <= 110 && line.ends_with("is very very… +112"), "{line}");
}

#[test]
fn a_test_carries_its_own_mark() {
    let alert =
        rule("critical", &[("alertname", "x"), ("instance", "odin"), ("gjallarhorn_test", "1")], "odin: did it ring?");
    assert_eq!(line_of(&[alert]), "🧪 odin: did it ring?");
}

#[test]
fn an_info_has_its_mark_and_never_rings() {
    let info = rule("info", &[("alertname", "Rule"), ("instance", "odin")], "odin: 3 updates wait for a restart");
    let shown = preview(&hook("g", &[info]), "am", START).unwrap();
    assert_eq!(shown.line, "🔵 odin: 3 updates wait for a restart");
    assert!(shown.discord.silent && shown.discord.mentions == gjallarhorn_engine::Mentions::default());
}

/// 137 hosts within two minutes, twelve of them critical.
fn storm(late_after: u64) -> World {
    let late_after = std::time::Duration::from_secs(late_after);
    let mut world = World::new(gjallarhorn_engine::Policy { storm: 5, late_after, ..policy() });
    for n in 0..137 {
        let severity = if n < 12 { "critical" } else { "warning" };
        let host = format!("host{n}");
        let alert =
            rule(severity, &[("alertname", "Down"), ("instance", &host)], &format!("{host}: unreachable, since long"));
        world.now = START.after(std::time::Duration::from_secs(n));
        world.receive(hook(&host, &[alert]));
    }
    world
}

#[test]
fn many_at_once_say_how_many_and_which_first() {
    let mut world = storm(60);
    let send = world.tell(&discord());
    assert_eq!(send.kind, Kind::Digest(Digest::Storm));
    assert_eq!(
        world.line(&send),
        "🔴 2 min late: 137 alerts in 2 min, 12 critical. First: host0: unreachable. Full list attached"
    );
    let message = world.discord(&send);
    assert_eq!(message.attachment.unwrap().text.lines().filter(|line| line.contains("firing")).count(), 137);
    let mut world = storm(600);
    let send = world.tell(&discord());
    assert_eq!(
        world.line(&send),
        "🔴 137 alerts in 2 min, 12 critical. First: host0: unreachable. Full list attached",
        "in time, it says nothing of being late"
    );
}

fn fixture(name: &str) -> Preview {
    let text = match name {
        "critical" => include_str!("../../fixtures/webhooks/alertmanager-0.25-firing.json"),
        "over" => include_str!("../../fixtures/webhooks/alertmanager-0.25-resolved.json"),
        "several" => include_str!("../../fixtures/webhooks/alertmanager-0.32-several.json"),
        "foreign" => include_str!("../../fixtures/webhooks/alertmanager-0.34-foreign.json"),
        _ => include_str!("../../fixtures/webhooks/grafana-12-firing.json"),
    };
    preview(
        &parse(text.as_bytes(), &Limits::default()).unwrap(),
        "am",
        START.after(std::time::Duration::from_secs(900)),
    )
    .unwrap()
}

#[test]
fn whole_messages() {
    for name in ["critical", "over", "several", "foreign", "grafana"] {
        let shown = fixture(name);
        insta::assert_snapshot!(format!("{name}-discord"), serde_json::to_string_pretty(&shown.discord).unwrap());
        insta::assert_snapshot!(
            format!("{name}-mail"),
            format!("Subject: {}\n\n{}", shown.mail.subject, shown.mail.text)
        );
    }
    insta::assert_snapshot!("critical-html", fixture("critical").mail.html);
}

/// One episode, told to its end: a late first telling, a joining critical, a part that ends, the end.
#[test]
fn one_episode() {
    let mut world = World::new(policy());
    let mut story = String::new();
    let mut tell = |world: &mut World| {
        while let gjallarhorn_engine::Next::WaitUntil(at) = world.engine.next(&discord(), world.now) {
            world.now = at;
        }
        let send = world.tell(&discord());
        let message = world.discord(&send);
        let edits = send.edits.as_deref().unwrap_or("new");
        story.push_str(&format!(
            "--- {:?} ({edits}{})\n{}\n",
            send.kind,
            if message.silent { ", silent" } else { "" },
            message.content
        ));
        story.push_str(
            &message.embed.map_or_else(String::new, |embed| format!("| {}\n", embed.description.replace('\n', "\n| "))),
        );
    };
    world.receive(hook("a", &[warning("tank")]));
    let send = world.start(&discord()).unwrap();
    world.answer(&send, Outcome::Retry { after: None, reason: "Discord 503".to_owned() });
    world.wait(840);
    tell(&mut world);
    world.wait(60).receive(hook("a", &[warning("tank"), critical("backup"), critical("photos")]));
    tell(&mut world);
    tell(&mut world);
    world.wait(600).receive(hook("a", &[over(&warning("tank")), critical("backup"), critical("photos")]));
    tell(&mut world);
    world.wait(600).receive(hook("a", &[over(&critical("backup")), over(&critical("photos"))]));
    tell(&mut world);
    tell(&mut world);
    insta::assert_snapshot!("one-episode", story);
}
