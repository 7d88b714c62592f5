//! What senders write, and what they should not.

use super::*;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 32, alerts: 100, labels: 8, name: 64, value: 256 };

fn read(body: &str) -> Webhook {
    parse(body.as_bytes(), &LIMITS).unwrap()
}

fn error(body: &[u8]) -> String {
    parse(body, &LIMITS).unwrap_err().to_string()
}

#[test]
fn alertmanager_0_25() {
    let hook = read(include_str!("../../fixtures/webhooks/alertmanager-0.25-firing.json"));
    assert_eq!(hook.receiver, "gjallarhorn.home(1)", "un-quoted");
    assert_eq!(hook.group_labels["instance"], "odin");
    assert_eq!((hook.notification_reason.as_str(), hook.truncated_alerts), ("", 0));
    let alert = &hook.alerts[0];
    assert_eq!((alert.status, alert.ends_at), (Status::Firing, None), "the year 1 is no end");
    assert_eq!(alert.starts_at.0 % 1000, 123);
}

#[test]
fn alertmanager_0_32_and_0_34_say_more() {
    let hook = read(include_str!("../../fixtures/webhooks/alertmanager-0.32-several.json"));
    assert_eq!((hook.notification_reason.as_str(), hook.alerts.len()), ("first notification", 2));
    let hook = read(include_str!("../../fixtures/webhooks/alertmanager-0.34-foreign.json"));
    assert_eq!(hook.route_labels["team"], "home");
}

#[test]
fn a_resolved_alert_has_an_end() {
    let hook = read(include_str!("../../fixtures/webhooks/alertmanager-0.25-resolved.json"));
    let alert = &hook.alerts[0];
    assert_eq!(alert.ends_at.unwrap().since(alert.starts_at).as_secs(), 900);
}

#[test]
fn grafana_says_it_in_its_own_way() {
    let hook = read(include_str!("../../fixtures/webhooks/grafana-12-firing.json"));
    let alert = &hook.alerts[0];
    assert_eq!(alert.starts_at.secs(), 1_795_486_200, "an offset is taken off");
    assert_eq!(
        (alert.value.as_str(), alert.dashboard_url.as_str()),
        ("91.5", "https://grafana.example/d/abc?viewPanel=4")
    );
    assert!(alert.silence_url.starts_with("https://grafana.example/alerting/silence/new"));
}

#[test]
fn missing_is_empty_and_strange_types_are_read_as_text() {
    let hook = read(
        r#"{"groupKey": 7, "status": null, "alerts": [{"labels": {"a": 1, "b": true, "c": null, "d": [1], "e": {"f": 2}}, "annotations": [3], "startsAt": {}}], "truncatedAlerts": "4", "commonLabels": "x", "new": [[{}]]}"#,
    );
    let alert = &hook.alerts[0];
    assert_eq!((hook.group_key.as_str(), hook.truncated_alerts, hook.status), ("7", 4, Status::Firing));
    let texts: Vec<_> = alert.labels.values().map(String::as_str).collect();
    assert_eq!(texts, ["1", "true", "", "", ""]);
    assert_eq!((alert.annotations.len(), alert.starts_at.0), (0, 0));
}

#[test]
fn an_alert_without_fingerprint_gets_one_of_its_labels() {
    let hook = read(
        r#"{"alerts": [{"labels": {"a": "1"}}, {"labels": {"a": "1"}}, {"labels": {"a": "2"}}, {"labels": {"a1": ""}}]}"#,
    );
    let prints: Vec<_> = hook.alerts.iter().map(|alert| &alert.fingerprint).collect();
    assert!(prints[0] == prints[1] && prints[0] != prints[2] && prints[0] != prints[3] && prints[0].len() == 16);
}

#[test]
fn what_is_too_much_is_cut_and_counted() {
    let labels: Vec<String> = (0..20).map(|n| format!(r#""l{n:02}": "v""#)).collect();
    let alert =
        format!(r#"{{"labels": {{"severity": "critical", "zz": "{}", {}}}}}"#, "ü".repeat(400), labels.join(","));
    let hook = read(&format!(r#"{{"alerts": [{}], "truncatedAlerts": 5}}"#, vec![alert; 103].join(",")));
    assert_eq!((hook.alerts.len(), hook.truncated_alerts), (100, 8));
    let labels = &hook.alerts[0].labels;
    assert!(labels.len() == 8 && labels.contains_key("severity"), "what decides is kept: {labels:?}");
    let long = read(r#"{"alerts": [{"labels": {"x": "LONG"}}]}"#.replace("LONG", &"ü".repeat(400)).as_str());
    let value = &long.alerts[0].labels["x"];
    assert!(value.len() <= 256 && value.ends_with("ü…"), "{value}");
}

#[test]
fn errors_say_where_and_show_the_text() {
    assert_eq!(error(b""), "not JSON, EOF while parsing a value at line 1 column 0: ``");
    assert_eq!(
        error(b"{\"alerts\": [\n  {\"status\": firing}]}"),
        r#"not JSON, expected ident at line 2 column 15: `erts\": [\n  {\"status\": firing}]}`"#
    );
    assert_eq!(error(b"[1, 2]"), "JSON, but no alerts in it: `[1, 2]`");
    assert_eq!(error(b"{\"foo\": 1}"), "JSON, but no alerts in it: `{\\\"foo\\\": 1}`");
    assert_eq!(error(b"{\"alerts\": [\"\xff\"]}"), "not UTF-8 at byte 13: `{\\\"alerts\\\": [\\\"\u{fffd}\\\"]}`");
    assert!(error(&vec![b' '; 2 << 20]).starts_with("body of 2097152 bytes is larger than 1048576"));
    let deep = format!("{{\"alerts\": {}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(error(deep.as_bytes()).starts_with("nested deeper than 32 at byte 42: `"), "{}", error(deep.as_bytes()));
    assert!(error(b"{\"alerts\": [{\"status\": \"firing\"").starts_with("not JSON, EOF while parsing"));
}

#[test]
fn brackets_within_texts_are_no_depth() {
    let hook = read(&format!(r#"{{"alerts": [{{"labels": {{"x": "{}\"[["}}}}]}}"#, "[{".repeat(50)));
    assert_eq!(hook.alerts[0].labels["x"].len(), 103);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = parse(&bytes, &LIMITS);
    }

    #[test]
    fn any_json_like_text_is_answered(text in "[{}\\[\\]\",:a-zA-Z0-9 \\\\ü-]{0,200}") {
        let _ = parse(text.as_bytes(), &LIMITS);
        let _ = parse(format!("{{\"alerts\": [{{\"labels\": {{\"a\": \"{text}\"}}}}]}}").as_bytes(), &LIMITS);
    }

    #[test]
    fn a_prefix_of_a_webhook_is_refused_and_the_whole_is_read(at in 1usize..1800) {
        let body = include_bytes!("../../fixtures/webhooks/alertmanager-0.32-several.json");
        let cut = body.len().min(at);
        proptest::prop_assert_eq!(parse(&body[..cut], &LIMITS).is_ok(), cut >= body.trim_ascii_end().len());
    }
}
