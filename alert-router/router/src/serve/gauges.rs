//! What the router shows of itself at a scrape: the core's state now, and the counters since the start.

use std::sync::Arc;

use gjallarhorn_engine::{TargetName, TargetStatus};
use gjallarhorn_metrics::{Snapshot, SnapshotBuilder, encode};
use gjallarhorn_service::clock::Timestamp as Reading;
use gjallarhorn_service::health::Health;
use gjallarhorn_service::page::Page;

use crate::families;
use crate::shared::Shared;

/// The most series on a page.
const SERIES: usize = 5_000;

/// Every target and how it is doing, by name.
#[must_use]
pub fn targets(shared: &Shared) -> Vec<(TargetName, TargetStatus)> {
    let core = shared.core();
    let names: Vec<TargetName> = core.engine.policy().targets.keys().cloned().collect();
    names.into_iter().filter_map(|name| core.engine.status(&name).map(|status| (name, status))).collect()
}

/// The page of `/metrics`.
#[must_use]
pub fn page(shared: &Arc<Shared>, health: &Health) -> String {
    let mut page = Snapshot::builder(SERIES);
    shared.metrics.show(&mut page);
    journal(shared, &mut page);
    senders(shared, &mut page);
    for (name, status) in targets(shared) {
        target(shared, &mut page, &name, &status);
    }
    let mut text = String::new();
    encode(families::TABLE, &[&page.finish()], &mut text);
    let standing = health.write(Reading::now(), &mut text);
    Page { text, standing: vec![standing] }.whole()
}

fn target(shared: &Shared, page: &mut SnapshotBuilder, name: &TargetName, status: &TargetStatus) {
    let now = shared.clock.now();
    let oldest = status.oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
    page.push(&families::OLDEST_UNDELIVERED, [&name.0], oldest);
    page.push(&families::QUEUE_DEPTH, [&name.0], status.waiting);
    page.push(&families::TARGET_UP, [&name.0], !status.stopped);
    page.push(&families::TARGET_FAILURES, [&name.0], status.failures);
    let told = shared.core().last_told(name).map(|at| at.secs());
    page.push_some(&families::LAST_DELIVERY, [&name.0], told);
}

fn senders(shared: &Shared, page: &mut SnapshotBuilder) {
    let now = shared.clock.now();
    for (source, heard) in shared.core().senders() {
        page.push(&families::SENDER_AGE, [source], now.since(heard.at).as_secs_f64());
    }
}

fn journal(shared: &Shared, page: &mut SnapshotBuilder) {
    let state = shared.journal();
    page.push(&families::JOURNAL_UP, [], state.failing.is_none());
    page.push_some(&families::JOURNAL_SIZE, [], state.bytes);
}
