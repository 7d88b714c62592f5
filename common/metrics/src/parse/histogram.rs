//! Whether the samples of a histogram family agree with each other.

use std::collections::BTreeMap;

use super::{Problem, ReadFamily, Sample};
use crate::value::Value;

/// The parts of one histogram of the family.
#[derive(Default)]
struct Parts {
    buckets: Vec<(f64, u64)>,
    sum: bool,
    count: Option<u64>,
}

/// Every label set of the family has rising buckets that end in `+Inf`, and a sum and a count that fit them.
pub(super) fn check(family: &ReadFamily) -> Result<(), Problem> {
    let mut histograms: BTreeMap<Vec<(&str, &str)>, Parts> = BTreeMap::new();
    for sample in &family.samples {
        let parts = histograms.entry(labels_without_bound(sample)).or_default();
        parts.take(sample, family.name.len()).ok_or(Problem::Histogram)?;
    }
    histograms.values().all(Parts::add_up).then_some(()).ok_or(Problem::Histogram)
}

fn labels_without_bound(sample: &Sample) -> Vec<(&str, &str)> {
    let labels = sample.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut labels: Vec<_> = labels.filter(|(name, _)| *name != "le").collect();
    labels.sort_unstable();
    labels
}

impl Parts {
    fn take(&mut self, sample: &Sample, family: usize) -> Option<()> {
        match sample.name.get(family..) {
            Some("_bucket") => self.buckets.push((Value::parse(sample.label("le")?)?.as_f64(), whole(sample.value)?)),
            Some("_count") => self.count = Some(whole(sample.value)?),
            _ => self.sum = true,
        }
        Some(())
    }

    fn add_up(&self) -> bool {
        let rises = self.buckets.windows(2).all(|pair| matches!(pair, [(a, m), (b, n)] if a < b && m <= n));
        let last = self.buckets.last();
        rises && self.sum && last.is_some_and(|&(bound, count)| bound == f64::INFINITY && Some(count) == self.count)
    }
}

fn whole(value: Value) -> Option<u64> {
    match value {
        Value::Integer(value) => Some(value),
        Value::Signed(_) | Value::Float(_) => None,
    }
}
