//! The router's own counters and histograms, kept by the `prometheus` crate and shown through the family table.
//!
//! A counter is made from the row of the table it belongs to, so its name and help cannot differ; [`Metrics::show`]
//! hands what was gathered to the common encoder.

use std::time::Duration;

use gjallarhorn_engine::{Event, Outcome};
use gjallarhorn_metrics::{Cumulative, Definition, Family, HistogramFamily, SnapshotBuilder};
use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts};

use crate::families;
use crate::journal::JournalFailure;

/// Commits and answers: from a fast disk to one that is dying.
const QUICK: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// Telling: from at once to a day of outage.
const SLOW: &[f64] = &[0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0];

/// All of them.
#[derive(Debug)]
pub struct Metrics {
    webhooks: IntCounterVec,
    answer: Histogram,
    deliveries: IntCounterVec,
    time_to_told: HistogramVec,
    rate_limited: IntCounterVec,
    dead_letters: IntCounter,
    commit: Histogram,
    journal_errors: IntCounterVec,
    heartbeats: IntCounterVec,
}

impl Metrics {
    /// Fresh ones, all at zero.
    ///
    /// # Errors
    /// A name in the table that Prometheus does not allow; the table's own test finds it first.
    pub fn new() -> Result<Self, prometheus::Error> {
        let made = Metrics {
            webhooks: counters(&families::WEBHOOKS)?,
            answer: Histogram::with_opts(buckets(&families::ANSWER.definition, QUICK))?,
            deliveries: counters(&families::DELIVERIES)?,
            time_to_told: HistogramVec::new(buckets(&families::TIME_TO_TOLD.definition, SLOW), &["target"])?,
            rate_limited: counters(&families::RATE_LIMITED)?,
            dead_letters: IntCounter::with_opts(opts(&families::DEAD_LETTERS.definition))?,
            commit: Histogram::with_opts(buckets(&families::JOURNAL_COMMIT.definition, QUICK))?,
            journal_errors: counters(&families::JOURNAL_ERRORS)?,
            heartbeats: counters(&families::HEARTBEATS)?,
        };
        JournalFailure::WORDS.iter().for_each(|word| drop(made.journal_errors.with_label_values(&[word])));
        ["ok", "failed", "withheld"].iter().for_each(|word| drop(made.heartbeats.with_label_values(&[word])));
        Ok(made)
    }

    /// Series exist before they happen, so that `rate()` sees the first failure.
    pub fn expect_target(&self, target: &str) {
        families::OUTCOMES.iter().for_each(|outcome| drop(self.deliveries.with_label_values(&[target, outcome])));
        families::SCOPES.iter().for_each(|scope| drop(self.rate_limited.with_label_values(&[target, scope])));
        drop(self.time_to_told.with_label_values(&[target]));
    }

    /// The same for a sender.
    pub fn expect_sender(&self, source: &str) {
        families::RESULTS.iter().for_each(|result| drop(self.webhooks.with_label_values(&[source, result])));
    }

    /// A webhook was answered.
    pub fn answered(&self, source: &str, result: &'static str, took: Duration) {
        self.webhooks.with_label_values(&[source, result]).inc();
        self.answer.observe(took.as_secs_f64());
    }

    /// A commit ended.
    pub fn committed(&self, took: Duration, failure: Option<&JournalFailure>) {
        self.commit.observe(took.as_secs_f64());
        if let Some(failure) = failure {
            self.journal_errors.with_label_values(&[failure.word()]).inc();
        }
    }

    /// An event counts.
    pub fn saw(&self, event: &Event) {
        let (attempt, outcome) = match event {
            Event::Answered { attempt, outcome } => (attempt, outcome_word(outcome)),
            Event::Interrupted { attempt } => (attempt, "interrupted"),
            _ => return,
        };
        self.deliveries.with_label_values(&[attempt.target.0.as_str(), outcome]).inc();
    }

    /// Messages became dead letters.
    pub fn dead_letters(&self, count: usize) {
        self.dead_letters.inc_by(count as u64);
    }

    /// Something was told, so long after it was accepted.
    pub fn told(&self, target: &str, after: Duration) {
        self.time_to_told.with_label_values(&[target]).observe(after.as_secs_f64());
    }

    /// A 429 came.
    pub fn rate_limited(&self, target: &str, scope: Option<&str>) {
        let scope = families::SCOPES.iter().find(|word| Some(**word) == scope).unwrap_or(&"none");
        self.rate_limited.with_label_values(&[target, scope]).inc();
    }

    /// The outside was pinged.
    pub fn heartbeat(&self, result: &'static str) {
        self.heartbeats.with_label_values(&[result]).inc();
    }

    /// Everything, into a page.
    pub fn show(&self, page: &mut SnapshotBuilder) {
        counts(page, &families::WEBHOOKS, &self.webhooks);
        histograms(page, &families::ANSWER, &self.answer);
        counts(page, &families::DELIVERIES, &self.deliveries);
        histograms(page, &families::TIME_TO_TOLD, &self.time_to_told);
        counts(page, &families::RATE_LIMITED, &self.rate_limited);
        page.push(&families::DEAD_LETTERS, [], self.dead_letters.get());
        histograms(page, &families::JOURNAL_COMMIT, &self.commit);
        counts(page, &families::JOURNAL_ERRORS, &self.journal_errors);
        counts(page, &families::HEARTBEATS, &self.heartbeats);
    }
}

/// The word of an outcome in [`families::OUTCOMES`].
#[must_use]
pub fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "delivered",
        Outcome::Refused { .. } => "refused",
        Outcome::Retry { .. } => "retry",
        Outcome::Gone { .. } => "gone",
        Outcome::MessageGone => "message_gone",
        Outcome::Ambiguous { .. } => "ambiguous",
    }
}

fn opts(definition: &Definition) -> Opts {
    Opts::new(definition.name, definition.help)
}

fn buckets(definition: &Definition, bounds: &[f64]) -> HistogramOpts {
    HistogramOpts::new(definition.name, definition.help).buckets(bounds.to_vec())
}

fn counters<const N: usize>(family: &Family<N>) -> Result<IntCounterVec, prometheus::Error> {
    let labels: Vec<_> = family.definition.labels.iter().map(|label| label.name).collect();
    IntCounterVec::new(opts(&family.definition), &labels)
}

/// The gathered labels of a metric, in the table's order.
fn labels<'a, const N: usize>(definition: &Definition, metric: &'a prometheus::proto::Metric) -> [&'a str; N] {
    let value = |name: &str| metric.get_label().iter().find(|pair| pair.name() == name).map_or("", |pair| pair.value());
    std::array::from_fn(|index| definition.labels.get(index).map_or("", |label| value(label.name)))
}

fn gathered(collector: &impl Collector) -> impl Iterator<Item = prometheus::proto::Metric> {
    collector.collect().into_iter().flat_map(|mut family: MetricFamily| family.take_metric())
}

fn counts<const N: usize>(page: &mut SnapshotBuilder, family: &Family<N>, collector: &impl Collector) {
    for metric in gathered(collector) {
        page.push(family, labels(&family.definition, &metric), metric.get_counter().get_value());
    }
}

fn histograms<const N: usize>(page: &mut SnapshotBuilder, family: &HistogramFamily<N>, collector: &impl Collector) {
    for metric in gathered(collector) {
        let histogram = metric.get_histogram();
        let bounds = histogram.get_bucket().iter().map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
        let buckets: Vec<_> = bounds.collect();
        let (sum, count) = (histogram.get_sample_sum(), histogram.get_sample_count());
        page.push_histogram(family, labels(&family.definition, &metric), &Cumulative { buckets: &buckets, sum, count });
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_metrics::{Snapshot, encode};

    use super::*;

    #[test]
    fn what_was_counted_is_on_the_page() {
        let metrics = Metrics::new().expect("the table is sound");
        metrics.expect_target("phone");
        metrics.answered("am", "accepted", Duration::from_millis(3));
        metrics.told("phone", Duration::from_secs(4));
        metrics.committed(Duration::from_millis(3), Some(&JournalFailure::Full));
        metrics.rate_limited("phone", Some("something new"));
        let mut page = Snapshot::builder(1000);
        metrics.show(&mut page);
        let page = page.finish();
        assert_eq!(page.dropped(), 0);
        let mut text = String::new();
        encode(families::TABLE, &[&page], &mut text);
        for line in [
            "gjallarhorn_router_webhooks_total{source=\"am\",result=\"accepted\"} 1",
            "gjallarhorn_router_deliveries_total{target=\"phone\",outcome=\"delivered\"} 0",
            "gjallarhorn_router_time_to_told_seconds_bucket{target=\"phone\",le=\"5\"} 1",
            "gjallarhorn_router_journal_errors_total{reason=\"full\"} 1",
            "gjallarhorn_router_rate_limited_total{target=\"phone\",scope=\"none\"} 1",
            "gjallarhorn_router_journal_commit_duration_seconds_count 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn the_table_passes_the_house_lint() {
        assert_eq!(gjallarhorn_metrics::lint::table(families::TABLE), []);
    }
}
