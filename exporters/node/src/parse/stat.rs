//! `/proc/stat`: when the kernel started. Format: proc_stat(5).

use super::Malformed;

/// Seconds since 1970 at which the kernel started, by the clock as it is set now.
///
/// # Errors
/// There is no line `btime`, or it holds no number.
pub fn boot_time(text: &str) -> Result<u64, Malformed> {
    let line = text.lines().find_map(|line| line.strip_prefix("btime ")).unwrap_or_default();
    line.trim().parse().map_err(|_| Malformed::new("`btime` and seconds", line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_btime_counts() {
        assert_eq!(boot_time("cpu  1 2\nbtime 1790000000\nprocesses 5\n"), Ok(1_790_000_000));
        for text in ["", "cpu 1\n", "btime\n", "btime x\n", "btime -1\n", "xbtime 1\n"] {
            assert!(boot_time(text).is_err(), "{text}");
        }
    }
}
