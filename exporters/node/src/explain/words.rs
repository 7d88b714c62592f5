//! Sizes and shares of swap as people say them.

/// Whole GiB, MiB or KiB: the largest that leaves at least two digits, so that nothing much is lost.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..10_485_760 => format!("{} KiB", count / 1024),
        10_485_760..10_737_418_240 => format!("{} MiB", count / 1_048_576),
        _ => format!("{} GiB", count / 1_073_741_824),
    }
}

/// Whole percent, rounded up so that 0 means none; 0 of nothing.
pub(super) fn percent(part: u64, whole: u64) -> u128 {
    if whole == 0 { 0 } else { (u128::from(part) * 100).div_ceil(u128::from(whole)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares_are_said_shortly() {
        let sizes =
            [(4096, "4 KiB"), (248_299_520, "236 MiB"), (8_589_930_496, "8191 MiB"), (25_276_502_016, "23 GiB")];
        assert!(sizes.into_iter().all(|(count, text)| bytes(count) == text));
        assert_eq!((percent(0, 9), percent(1, 1000), percent(5, 0), percent(u64::MAX, u64::MAX)), (0, 1, 0, 100));
    }
}
