use tempfile::TempDir;

use super::*;
use crate::journal::entry::{AlertRow, AttemptRow, DecisionRow, OutcomeRow};
use crate::journal::{Entry, Store};

fn ledger(entries: &[Entry]) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    Store::open(directory.path()).and_then(|mut store| store.commit(entries)).expect("commits");
    directory
}

fn story() -> Vec<Entry> {
    let (delivery, source) = ("d1".to_owned(), "am".to_owned());
    vec![
        Entry::Inbox { seq: 1, delivery, at_ms: 1_000, source, readable: true, raw: b"{}".to_vec() },
        Entry::Alert(AlertRow {
            seq: 1,
            n: 0,
            at_ms: 1_000,
            fingerprint: "f00d".into(),
            name: "ZfsPoolDegraded".into(),
            group: "g1".into(),
            firing: true,
            starts_ms: 500,
        }),
        Entry::Decision(DecisionRow {
            seq: 1,
            n: 0,
            at_ms: 1_000,
            what: "Opened".into(),
            group: "g1".into(),
            target: String::new(),
            reason: "an alert fires".into(),
        }),
        Entry::Started(AttemptRow {
            seq: 2,
            target: "phone".into(),
            number: 1,
            groups: vec!["g1".into()],
            what: "new message".into(),
            at_ms: 1_100,
        }),
        Entry::Ended(OutcomeRow {
            target: "phone".into(),
            number: 1,
            at_ms: 3_200,
            outcome: "retry",
            detail: "Discord 503".into(),
            remote: None,
        }),
    ]
}

#[test]
fn a_story_is_found_by_fingerprint_name_and_delivery() {
    let directory = ledger(&story());
    for query in ["f00d", "ZfsPoolDegraded", "d1"] {
        let text = explain(directory.path(), query).expect("reads").expect("is known");
        for words in [
            "received ZfsPoolDegraded (f00d) from am, firing",
            "opened, because an alert fires",
            "phone: new message, attempt 1: retry after 2 s (Discord 503)",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }
    assert_eq!(explain(directory.path(), "nothing").expect("reads"), None);
}

#[test]
fn troubles_show_what_was_not_delivered() {
    assert!(troubles(ledger(&story()).path()).expect("reads").contains("retry after 2 s (Discord 503)"));
    assert!(troubles(ledger(&[]).path()).expect("reads").contains("nothing went wrong"));
}

#[test]
fn json_goes_on_where_it_ended() {
    let directory = ledger(&story());
    let first: serde_json::Value = serde_json::from_str(&since(directory.path(), 0).expect("reads")).expect("is JSON");
    assert_eq!(first["next"], 2);
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(3));
    let rest = since(directory.path(), 2).expect("reads");
    assert_eq!(rest, r#"{"next":2,"rows":[]}"#);
}

#[test]
fn without_a_journal_it_says_so() {
    let directory = TempDir::new().expect("a directory");
    assert!(explain(directory.path(), "x").expect_err("absent").to_string().starts_with("there is no journal: "));
}
