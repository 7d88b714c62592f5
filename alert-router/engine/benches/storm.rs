//! What a storm costs: 500 groups of 20 alerts. Read a webhook, let it in, choose the next message, find its words.
#![expect(clippy::unwrap_used, reason = "a bench may end where its world is not as it was built")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gjallarhorn_engine::{
    DeliveryId, Engine, Event, Limits, Medium, Next, Policy, Send, Target, TargetName, Timestamp, Webhook, parse,
};

const GROUPS: usize = 500;
const ALERTS: usize = 20;
const START: Timestamp = Timestamp::from_secs(1_795_486_200);

fn body(group: usize) -> String {
    let alert = |n: usize| {
        format!(
            r#"{{"status": "firing", "labels": {{"alertname": "Down", "severity": "critical", "instance": "host{group}",
            "pod": "p{n}", "job": "node"}}, "annotations": {{"summary": "host{group}: pod p{n} is down, not answering for 5 min",
            "action": "Look at `kubectl describe pod p{n}`", "description": "What it serves is away."}},
            "startsAt": "2026-11-24T02:10:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph", "fingerprint": "{group:08x}{n:08x}"}}"#
        )
    };
    let alerts: Vec<String> = (0..ALERTS).map(alert).collect();
    format!(
        r#"{{"version": "4", "receiver": "home", "status": "firing", "groupKey": "{{}}:{{instance=\"host{group}\"}}",
        "groupLabels": {{"instance": "host{group}"}}, "externalURL": "http://alertmanager.example", "alerts": [{}]}}"#,
        alerts.join(",")
    )
}

fn received(webhook: Webhook) -> Event {
    Event::Received { source: "am".to_owned(), delivery: DeliveryId("1".to_owned()), webhook: Box::new(webhook) }
}

fn phone() -> TargetName {
    TargetName("phone".to_owned())
}

/// An engine in which the whole storm has arrived and nothing is told.
fn storm() -> Engine {
    let target = |medium| Target { medium, ..Target::default() };
    let targets =
        BTreeMap::from([(phone(), target(Medium::Discord)), (TargetName("mail".to_owned()), target(Medium::Mail))]);
    let mut engine = Engine::new(Policy { targets, ..Policy::default() });
    engine.apply(Timestamp(START.0 - 1_000_000), &Event::Clock);
    for group in 0..GROUPS {
        engine.apply(START, &received(parse(body(group).as_bytes(), &Limits::default()).unwrap()));
    }
    engine
}

fn send(engine: &Engine) -> Send {
    match engine.next(&phone(), START) {
        Next::Send(send) => *send,
        other => unreachable!("{other:?}"),
    }
}

fn costs(criterion: &mut Criterion) {
    let mut engine = storm();
    let text = body(7);
    let again = received(parse(text.as_bytes(), &Limits::default()).unwrap());
    criterion.bench_function("parse 20 alerts", |bencher| {
        bencher.iter(|| parse(black_box(text.as_bytes()), &Limits::default()).unwrap());
    });
    criterion.bench_function("apply a repeat among 500 groups", |bencher| {
        bencher.iter(|| engine.apply(START, black_box(&again)));
    });
    criterion.bench_function("next among 500 groups", |bencher| bencher.iter(|| engine.next(&phone(), START)));
    criterion.bench_function("wake_at of 500 groups", |bencher| bencher.iter(|| engine.wake_at()));
    criterion.bench_function("checkpoint of 500 groups", |bencher| bencher.iter(|| engine.checkpoint().len()));
    let digest = send(&engine);
    criterion.bench_function("render a digest of 5000 alerts", |bencher| bencher.iter(|| engine.render(&digest)));
    let one = single();
    let card = send(&one);
    criterion.bench_function("render a card of 20 alerts", |bencher| bencher.iter(|| one.render(&card)));
}

/// An engine with one group.
fn single() -> Engine {
    let targets = BTreeMap::from([(phone(), Target::default())]);
    let mut engine = Engine::new(Policy { targets, ..Policy::default() });
    engine.apply(Timestamp(START.0 - 1_000_000), &Event::Clock);
    engine.apply(START, &received(parse(body(1).as_bytes(), &Limits::default()).unwrap()));
    engine
}

criterion_group!(benches, costs);
criterion_main!(benches);
