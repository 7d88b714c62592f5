//! The peer must misbehave like the real thing, or it proves nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Reaction};
use super::request::Asked;
use super::state::State;
use super::*;

/// A peer without sockets: requests in, reactions out, at times the test chooses.
struct Bench {
    state: State,
    now: Duration,
}

impl Bench {
    fn new() -> Self {
        Self { state: State::new(Limits::documented()), now: Duration::ZERO }
    }

    fn ask(&mut self, method: &str, below: &str, query: &str, body: &Value) -> Reaction {
        self.now += Duration::from_millis(500);
        let asked = Asked {
            method: method.to_owned(),
            path: format!("{}{below}", self.state.first_path()),
            query: query.to_owned(),
            content_type: "application/json".to_owned(),
            body: body.to_string().into_bytes(),
        };
        self.state.react(self.now, 0.0, &asked)
    }

    fn create(&mut self, body: &Value) -> Answer {
        answer(self.ask("POST", "", "wait=true&with_components=true", body))
    }

    fn complaints(&mut self, body: &Value) -> String {
        let answer = self.create(body);
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(&answer.body));
        self.state.requests.last().unwrap().complaints.join("\n")
    }
}

fn answer(reaction: Reaction) -> Answer {
    match reaction {
        Reaction::Answer(answer) => answer,
        other => panic!("no answer: {other:?}"),
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

#[test]
fn each_limit_holds_to_the_character() {
    let text = |length: usize| "x".repeat(length);
    let field =
        |name: usize, value: usize| json!({"embeds": [{"fields": [{"name": text(name), "value": text(value)}]}]});
    let button = |label: usize, url: usize| {
        let url = format!("https://a.example/{}", text(url - 18));
        json!({"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 5, "label": text(label), "url": url}]}]})
    };
    let cases = [
        (json!({"content": text(2000)}), json!({"content": text(2001)}), "content:"),
        (json!({"embeds": [{"title": text(256)}]}), json!({"embeds": [{"title": text(257)}]}), "embeds.0.title"),
        (
            json!({"embeds": [{"description": text(4096)}]}),
            json!({"embeds": [{"description": text(4097)}]}),
            "description",
        ),
        (
            json!({"embeds": [{"footer": {"text": text(2048)}}]}),
            json!({"embeds": [{"footer": {"text": text(2049)}}]}),
            "footer",
        ),
        (
            json!({"embeds": [{"author": {"name": text(256)}}]}),
            json!({"embeds": [{"author": {"name": text(257)}}]}),
            "author",
        ),
        (field(256, 1024), field(257, 1), "embeds.0.fields.0.name"),
        (field(1, 1), field(1, 1025), "embeds.0.fields.0.value"),
        (json!({"content": "x", "username": text(80)}), json!({"content": "x", "username": text(81)}), "username"),
        (button(80, 512), button(81, 512), "label"),
        (button(1, 512), button(1, 513), "url"),
    ];
    for (good, bad, place) in cases {
        let mut bench = Bench::new();
        assert_eq!(bench.create(&good).status, 200, "{place}");
        let complaints = bench.complaints(&bad);
        assert!(complaints.contains(place), "{place}: {complaints}");
    }
}

#[test]
fn counts_have_limits_too() {
    let embeds = |count: usize| json!({"embeds": vec![json!({"title": "x"}); count]});
    let fields = |count: usize| json!({"embeds": [{"fields": vec![json!({"name": "x", "value": "y"}); count]}]});
    let rows = |rows: usize, buttons: usize| {
        let button = json!({"type": 2, "style": 5, "label": "x", "url": "https://a.example"});
        json!({"content": "x", "components": vec![json!({"type": 1, "components": vec![button; buttons]}); rows]})
    };
    for (good, bad) in
        [(embeds(10), embeds(11)), (fields(25), fields(26)), (rows(5, 5), rows(6, 1)), (rows(1, 1), rows(1, 6))]
    {
        let mut bench = Bench::new();
        assert_eq!(bench.create(&good).status, 200);
        assert_eq!(bench.create(&bad).status, 400);
    }
}

#[test]
fn six_thousand_characters_over_all_embeds_and_no_more() {
    let embeds = |last: usize| json!({"embeds": [{"description": "x".repeat(4096)}, {"title": "y".repeat(100), "description": "z".repeat(last)}]});
    let mut bench = Bench::new();
    assert_eq!(bench.create(&embeds(6000 - 4196)).status, 200);
    assert!(bench.complaints(&embeds(6001 - 4196)).contains("MAX_EMBED_SIZE_EXCEEDED"));
}

#[test]
fn a_refusal_has_the_shape_of_the_real_one() {
    let answer = Bench::new().create(&json!({"embeds": [{"title": "x".repeat(300)}]}));
    let body = body(&answer);
    assert_eq!((body["code"].as_u64(), body["message"].as_str()), (Some(50035), Some("Invalid Form Body")));
    assert_eq!(body["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
}

#[test]
fn an_empty_message_is_refused_with_its_own_code() {
    for empty in [json!({}), json!({"content": "  "}), json!({"components": []})] {
        assert_eq!(body(&Bench::new().create(&empty))["code"], 50006);
    }
}

#[test]
fn components_count_only_when_asked_for() {
    let row = json!([{"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "https://a.example"}]}]);
    let mut bench = Bench::new();
    bench.ask("POST", "", "wait=true", &json!({"content": "x", "components": row}));
    assert_eq!(bench.state.requests[0].ignored, ["components"]);
    assert_eq!(bench.state.messages[0].versions[0].body["components"], Value::Null);
    let interactive = json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "y"}]}]);
    assert!(bench.complaints(&json!({"content": "x", "components": interactive})).contains("link buttons only"));
}

#[test]
fn silence_is_a_flag_of_new_messages_only() {
    let mut bench = Bench::new();
    let made = body(&bench.create(&json!({"content": "x", "flags": 4096})));
    assert!(!bench.state.messages[0].rang());
    let below = format!("/messages/{}", made["id"].as_str().unwrap());
    let edit = answer(bench.ask("PATCH", &below, "", &json!({"content": "y", "flags": 4096})));
    assert_eq!(edit.status, 400);
    assert!(bench.complaints(&json!({"content": "x", "flags": 32768})).contains("LEGACY_FIELDS"));
}

#[test]
fn allowed_mentions_cannot_say_two_things() {
    let both = json!({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}});
    assert!(Bench::new().complaints(&both).contains("mutually exclusive"));
    let unknown = json!({"content": "x", "allowed_mentions": {"parse": ["all"]}});
    assert!(Bench::new().complaints(&unknown).contains("must be one of"));
}

#[test]
fn an_edit_forgets_what_the_first_request_allowed() {
    let mut bench = Bench::new();
    let made = body(&bench.create(&json!({"content": "@everyone", "allowed_mentions": {"parse": []}})));
    assert!(bench.state.messages[0].versions[0].mentions.is_empty());
    let below = format!("/messages/{}", made["id"].as_str().unwrap());
    assert_eq!(answer(bench.ask("PATCH", &below, "", &json!({"embeds": [{"title": "t"}]}))).status, 200);
    let message = &bench.state.messages[0];
    assert!(message.versions[1].mentions.everyone, "the content stayed and nothing closes it now");
    assert_eq!((message.edits(), message.content()), (1, "@everyone"));
}

#[test]
fn a_request_against_an_announced_limit_is_counted() {
    let mut bench = Bench::new();
    bench.now = Duration::from_secs(10);
    for _ in 0..5 {
        bench.now -= Duration::from_millis(400);
        assert_eq!(bench.create(&json!({"content": "x"})).status, 200);
    }
    let held = bench.create(&json!({"content": "x"}));
    assert_eq!((held.status, header(&held, "x-ratelimit-scope")), (429, Some("user")));
    let retry_after = body(&held)["retry_after"].as_f64().unwrap();
    assert!(retry_after > 0.9 && retry_after < 2.0, "{retry_after}");
    let tally = Tally::of(&bench.state.requests);
    assert_eq!((tally.throttled, tally.avoidable), (1, 1));
}

#[test]
fn a_hidden_throttle_is_avoidable_only_from_its_second_answer_on() {
    let mut bench = Bench::new();
    bench.state.script.line_up(Fault::Throttle(Duration::from_secs(40)));
    let held = bench.create(&json!({"content": "x"}));
    assert_eq!(
        (held.status, header(&held, "x-ratelimit-scope"), header(&held, "retry-after")),
        (429, Some("shared"), Some("40"))
    );
    assert_eq!(Tally::of(&bench.state.requests).avoidable, 0);
    bench.create(&json!({"content": "x"}));
    assert_eq!(Tally::of(&bench.state.requests).avoidable, 1);
}

#[test]
fn the_edge_answers_without_headers_or_json() {
    let mut bench = Bench::new();
    bench.state.script.line_up(Fault::Cloudflare { span: Duration::from_secs(3), hint: false });
    let held = bench.create(&json!({"content": "x"}));
    assert_eq!(held.status, 429);
    assert!(held.body.starts_with(b"<!DOCTYPE html>"));
    assert!(held.headers.iter().all(|(name, _)| *name == "content-type"), "{:?}", held.headers);
    assert_eq!(bench.create(&json!({"content": "x"})).status, 429, "it lasts");
}

#[test]
fn edits_of_old_messages_are_held_with_code_30046() {
    let mut bench = Bench::new();
    let made = body(&bench.create(&json!({"content": "x"})));
    let below = format!("/messages/{}", made["id"].as_str().unwrap());
    bench.now += Duration::from_secs(3600);
    let codes: Vec<u16> =
        (0..4).map(|_| answer(bench.ask("PATCH", &below, "", &json!({"content": "y"}))).status).collect();
    assert_eq!(codes, [200, 200, 200, 429]);
    let held = answer(bench.ask("PATCH", &below, "", &json!({"content": "y"})));
    assert_eq!(body(&held)["code"], 30046);
    assert_eq!(bench.create(&json!({"content": "new"})).status, 200, "new messages go on");
}

#[test]
fn what_is_gone_says_what_is_gone() {
    let mut bench = Bench::new();
    let made = body(&bench.create(&json!({"content": "x"})));
    let id = made["id"].as_str().unwrap().to_owned();
    let below = format!("/messages/{id}");
    assert_eq!(answer(bench.ask("GET", &below, "", &Value::Null)).status, 200);
    bench.state.delete_message(&id);
    let gone = answer(bench.ask("PATCH", &below, "", &json!({"content": "y"})));
    assert_eq!((gone.status, body(&gone)["code"].as_u64()), (404, Some(10008)));
    bench.state.revoke_first();
    let refused = bench.create(&json!({"content": "x"}));
    assert_eq!((refused.status, body(&refused)["code"].as_u64()), (401, Some(50027)));
    bench.state.delete_first();
    let gone = bench.create(&json!({"content": "x"}));
    assert_eq!((gone.status, body(&gone)["code"].as_u64()), (404, Some(10015)));
}

#[test]
fn an_ambiguous_send_is_recorded_although_nobody_is_told() {
    let mut bench = Bench::new();
    for (fault, seen) in [(Fault::AcceptThenReset, Reaction::Reset), (Fault::AcceptThenStall, Reaction::Stall)] {
        bench.state.script.line_up(fault);
        assert_eq!(bench.ask("POST", "", "wait=true", &json!({"content": "x"})), seen);
    }
    bench.state.script.line_up(Fault::Reset);
    assert_eq!(bench.ask("POST", "", "", &json!({"content": "lost"})), Reaction::Reset);
    assert_eq!(bench.state.messages.len(), 2);
}

#[test]
fn without_wait_nothing_comes_back() {
    let mut bench = Bench::new();
    let answer = answer(bench.ask("POST", "", "", &json!({"content": "x"})));
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(header(&answer, "x-ratelimit-remaining"), Some("4"));
}

#[test]
fn the_token_is_in_no_record() {
    let mut bench = Bench::new();
    bench.create(&json!({"content": "x"}));
    assert!(!format!("{:?}", bench.state.requests).contains(&bench.state.first_token()));
}
