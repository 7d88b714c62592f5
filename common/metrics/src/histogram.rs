//! Ready cumulative buckets, as a histogram is exposed.
//!
//! Nothing is measured here: whoever counts (the `prometheus` crate in the router) hands over what it gathered.

/// One histogram of one series: `buckets` are `(upper bound, number of observations ≤ the bound)`.
///
/// The bucket `+Inf` may be left out; it is `count`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cumulative<'a> {
    /// Bounds rise strictly, counts never fall.
    pub buckets: &'a [(f64, u64)],
    /// Sum of all observed values, in the family's base unit.
    pub sum: f64,
    /// Number of observations.
    pub count: u64,
}

impl Cumulative<'_> {
    /// The finite buckets, or `None` if this is no histogram: a bound that is NaN or does not rise, a count that falls
    /// or exceeds the total, a bucket `+Inf` that is not the total.
    pub(crate) fn finite(&self) -> Option<&[(f64, u64)]> {
        let finite = match self.buckets.split_last() {
            Some((&(bound, count), rest)) if bound == f64::INFINITY => (count == self.count).then_some(rest)?,
            _ => self.buckets,
        };
        let rises = finite.windows(2).all(|pair| matches!(pair, [(a, m), (b, n)] if a < b && m <= n));
        let bounded = finite.iter().all(|&(bound, count)| bound.is_finite() && count <= self.count);
        (rises && bounded).then_some(finite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finite(buckets: &[(f64, u64)]) -> Option<usize> {
        Cumulative { buckets, sum: 1.0, count: 5 }.finite().map(<[_]>::len)
    }

    #[test]
    fn the_last_bucket_may_be_given_or_left_out() {
        assert_eq!(finite(&[(0.1, 1), (0.5, 5)]), Some(2));
        assert_eq!(finite(&[(0.1, 1), (f64::INFINITY, 5)]), Some(1));
        assert_eq!(finite(&[]), Some(0));
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        assert_eq!(finite(&[(0.5, 1), (0.1, 2)]), None, "bounds fall");
        assert_eq!(finite(&[(0.1, 1), (0.1, 1)]), None, "one bound twice");
        assert_eq!(finite(&[(0.1, 3), (0.5, 2)]), None, "counts fall");
        assert_eq!(finite(&[(0.1, 6)]), None, "more than all");
        assert_eq!(finite(&[(f64::NAN, 1)]), None, "no bound");
        assert_eq!(finite(&[(f64::INFINITY, 4)]), None, "+Inf is not the total");
        assert_eq!(finite(&[(f64::NEG_INFINITY, 0)]), None, "no finite bound");
    }
}
