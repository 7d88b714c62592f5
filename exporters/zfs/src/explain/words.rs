//! Shares as people say them.

/// Whole percent, rounded down; 0 of nothing.
pub(super) fn percent(part: u64, whole: u64) -> u128 {
    (u128::from(part) * 100).checked_div(u128::from(whole)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!((percent(1, 3), percent(5, 0), percent(u64::MAX, u64::MAX)), (33, 0, 100));
    }
}
