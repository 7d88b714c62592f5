use super::*;
use crate::families;

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_000_000 + seconds), Duration::from_secs(seconds))
}

fn page(health: &Health, now: u64) -> String {
    let mut out = String::new();
    let standing = health.write(at(now), &mut out);
    out.push_str(standing.text());
    out.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_states_are_ok_and_every_failure() {
    assert_eq!(families::STATES[0], "ok");
    assert_eq!(&families::STATES[1..], FailureKind::WORDS);
    let words: Vec<_> = FailureKind::ALL.into_iter().map(FailureKind::word).collect();
    assert_eq!(words, FailureKind::WORDS);
}

#[test]
fn before_the_first_attempt_there_are_errors_at_zero_and_no_state() {
    let health = Health::new("1.0");
    let _source = health.source("zfs", "kstat", "tank", Some(Duration::from_secs(60)));
    let page = page(&health, 0);
    for word in FailureKind::WORDS {
        let line = format!("errors_total{{role=\"zfs\",source=\"kstat\",item=\"tank\",reason=\"{word}\"}} 0\n");
        assert!(page.contains(&line), "{page}");
    }
    assert!(page.contains("gjallarhorn_build_info{version=\"1.0\"} 1\n"));
    assert!(page.contains("interval_seconds{role=\"zfs\",source=\"kstat\",item=\"tank\"} 60\n"));
    assert!(page.contains("gjallarhorn_unknown_layout{role=\"zfs\",source=\"kstat\"} 0\n"));
    assert!(!page.contains("source_up") && !page.contains("state=") && !page.contains("last_success"), "{page}");
}

#[test]
fn a_failure_keeps_the_time_of_the_last_success() {
    let health = Health::new("1.0");
    let source = health.source("zfs", "kstat", "", None);
    source.succeeded(at(5), Duration::from_millis(20));
    source.failed(FailureKind::Denied, at(9), Duration::from_millis(30));
    let page = page(&health, 10);
    assert!(page.contains("source_up{role=\"zfs\",source=\"kstat\",item=\"\"} 0\n"), "{page}");
    assert!(page.contains("last_success_timestamp_seconds{role=\"zfs\",source=\"kstat\",item=\"\"} 1000005\n"));
    assert!(page.contains("duration_seconds{role=\"zfs\",source=\"kstat\",item=\"\"} 0.03\n"));
    assert!(page.contains("state=\"denied\"} 1\n") && page.contains("state=\"ok\"} 0\n"));
    assert!(page.contains("reason=\"denied\"} 1\n"));
}

#[test]
fn blocked_seconds_grow_and_end() {
    let health = Health::new("1.0");
    let source = health.source("zfs", "pool_stats", "", None);
    source.blocked_since(at(10));
    let blocked = |seconds| format!("blocked_seconds{{role=\"zfs\",source=\"pool_stats\",item=\"\"}} {seconds}\n");
    assert!(page(&health, 40).contains(&blocked(30)));
    assert!(page(&health, 100).contains(&blocked(90)));
    source.succeeded(at(101), Duration::from_secs(91));
    assert!(page(&health, 200).contains(&blocked(0)) && page(&health, 200).contains("state=\"ok\"} 1\n"));
}

#[test]
fn what_cannot_be_asked_is_blocked_since_the_first_try() {
    let health = Health::new("1.0");
    let source = health.source("zfs", "pool_stats", "", None);
    for second in [10, 20, 30] {
        source.failed(FailureKind::Blocked, at(second), Duration::ZERO);
    }
    let page_then = page(&health, 40);
    assert!(page_then.contains("blocked_seconds{role=\"zfs\",source=\"pool_stats\",item=\"\"} 30\n"), "{page_then}");
    assert!(page_then.contains("reason=\"blocked\"} 3\n"));
    source.failed(FailureKind::Lost, at(50), Duration::ZERO);
    assert!(page(&health, 60).contains("blocked_seconds{role=\"zfs\",source=\"pool_stats\",item=\"\"} 0\n"));
}

#[test]
fn items_are_as_stuck_as_their_round_and_others_are_not() {
    let health = Health::new("1.0");
    for (source, item) in [("pool_stats", "tank"), ("kstat", "tank")] {
        health.source("zfs", source, item, None).succeeded(at(1), Duration::ZERO);
    }
    health.source("zfs", "pool_stats", "", None).blocked_since(at(2));
    let states: Vec<_> = health.sources().into_iter().map(|row| (row.source, row.item, row.state)).collect();
    let expected = [("kstat", "tank", "ok"), ("pool_stats", "", "blocked"), ("pool_stats", "tank", "blocked")];
    assert_eq!(states, expected.map(|(source, item, state)| (source, item.to_owned(), state)));
}

#[test]
fn the_reason_in_words_is_kept_until_it_is_well() {
    let health = Health::new("1.0");
    let source = health.source("zfs", "pool_stats", "", None);
    let failure = Failure::new(FailureKind::Lost, "ask", "the child").because("it ended");
    source.failed_with(&failure, at(1), Duration::ZERO);
    assert_eq!(health.sources()[0].why, "ask the child: lost: it ended");
    source.succeeded(at(2), Duration::ZERO);
    assert_eq!(health.sources()[0].why, "");
}

#[test]
fn an_item_that_is_gone_for_good_is_forgotten() {
    let health = Health::new("1.0");
    let source = health.source("zfs", "kstat", "tank", None);
    health.retire("zfs", "kstat", "tank");
    source.succeeded(at(1), Duration::ZERO);
    assert!(!page(&health, 2).contains("tank"));
}

#[test]
fn a_role_says_whether_it_is_expected_and_there() {
    let health = Health::new("1.0");
    let role = health.role("zfs");
    role.expected(true);
    role.dropped(3);
    let page = page(&health, 0);
    assert!(page.contains("gjallarhorn_role_expected{role=\"zfs\"} 1\n"), "{page}");
    assert!(page.contains("gjallarhorn_role_active{role=\"zfs\"} 0\n"));
    assert!(page.contains("gjallarhorn_series_dropped{role=\"zfs\"} 3\n"));
}

#[test]
fn what_is_kept_between_pages_is_never_behind() {
    let health = Health::new("1.0");
    let (round, item) = (health.source("zfs", "kstat", "", None), health.source("zfs", "kstat", "tank", None));
    let (role, minute) = (health.role("zfs"), Some(Duration::from_secs(60)));
    let changes: [&dyn Fn(); 11] = [
        &|| item.succeeded(at(1), Duration::ZERO),
        &|| item.failed(FailureKind::Denied, at(2), Duration::ZERO),
        &|| item.failed(FailureKind::Denied, at(3), Duration::ZERO),
        &|| round.blocked_since(at(4)),
        &|| round.succeeded(at(5), Duration::ZERO),
        &|| role.expected(true),
        &|| role.dropped(7),
        &|| health.unknown_layout("zfs", "kstat", 2),
        &|| drop(health.source("zfs", "kstat", "", minute)),
        &|| drop(health.source("zfs", "pool_stats", "tank", minute)),
        &|| health.retire("zfs", "kstat", "tank"),
    ];
    for (number, change) in changes.iter().enumerate() {
        let before = page(&health, 9);
        change();
        let kept = page(&health, 9);
        health.lock().standing = None;
        assert_eq!(kept, page(&health, 9), "change {number}");
        assert_ne!(kept, before, "change {number}");
    }
}

#[test]
fn what_fails_again_and_again_leaves_what_stands_alone() {
    let health = Health::new("1.0");
    let source = health.source("pi", "rtc", "", None);
    source.failed(FailureKind::Absent, at(1), Duration::ZERO);
    let first = health.write(at(1), &mut String::new());
    source.failed(FailureKind::Absent, at(2), Duration::ZERO);
    assert!(Arc::ptr_eq(&first, &health.write(at(2), &mut String::new())));
    source.failed(FailureKind::Denied, at(3), Duration::ZERO);
    assert!(!Arc::ptr_eq(&first, &health.write(at(3), &mut String::new())));
}

/// The node role says so of all that is well, once a minute.
#[test]
fn what_was_never_told_of_is_forgotten_for_nothing() {
    let health = Health::new("1.0");
    health.source("node", "names", "", None).succeeded(at(1), Duration::ZERO);
    health.source("node", "names", "machine_id", None).failed(FailureKind::Absent, at(1), Duration::ZERO);
    let first = health.write(at(1), &mut String::new());
    health.retire("node", "names", "etc_hostname");
    assert!(Arc::ptr_eq(&first, &health.write(at(2), &mut String::new())));
    health.retire("node", "names", "machine_id");
    assert!(!Arc::ptr_eq(&first, &health.write(at(3), &mut String::new())) && !page(&health, 3).contains("machine_id"));
}

#[test]
fn the_errors_are_one_family_over_both_parts_of_the_page() {
    let health = Health::new("1.0");
    for page in 0..3_u64 {
        health.source("pi", "fan", "", None).succeeded(at(page), Duration::ZERO);
        health.source("pi", "rtc", "", None).failed(FailureKind::Absent, at(page), Duration::ZERO);
        let mut text = String::new();
        let standing = health.write(at(page), &mut text);
        text.push_str(standing.text());
        let parsed = gjallarhorn_metrics::parse::Page::read(&text).unwrap();
        let errors = parsed.families.iter().filter(|family| family.name == "gjallarhorn_source_errors_total");
        assert_eq!(errors.map(|family| family.samples.len()).collect::<Vec<_>>(), [2 * FailureKind::ALL.len()]);
        assert!(text.contains(&format!("source=\"rtc\",item=\"\",reason=\"absent\"}} {}\n", page + 1)), "{text}");
    }
}
