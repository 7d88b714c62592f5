//! The section `zfs:` of the configuration file.

use std::time::Duration;

use serde::Deserialize;

use gjallarhorn_service::config::Span;

/// What a person can set. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Pools that must be there, even if they were never seen.
    pub expected: Vec<String>,
    /// Pools that were exported or destroyed for good: no longer expected, and their memory is dropped.
    pub forget: Vec<String>,
    /// How often the kernel is asked for its full report while all is well and nothing is at work.
    pub interval: Span<1, 3600>,
    /// How long one round of reports may take before it counts as blocked.
    pub deadline: Span<1, 300>,
    /// How old a report may become before its metrics disappear.
    pub stale_after: Span<10, 86_400>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            expected: Vec::new(),
            forget: Vec::new(),
            interval: Span::seconds(120),
            deadline: Span::seconds(10),
            stale_after: Span::seconds(300),
        }
    }
}

/// The longest time between reports while a pool is ill or something is at work in one.
const CLOSE_LOOK: Duration = Duration::from_secs(15);

impl Config {
    /// How often reports are asked for: as set, or more often while `calm` is not the word for every pool, so that the
    /// rest of a resilver is told in time.
    pub(crate) fn pace(&self, calm: bool) -> Duration {
        let interval = self.interval.get();
        if calm { interval } else { interval.min(CLOSE_LOOK) }
    }

    /// Whether a pool was named as gone for good.
    #[must_use]
    pub fn forgets(&self, pool: &str) -> bool {
        self.forget.iter().any(|name| name == pool)
    }
}

#[cfg(test)]
mod tests {
    use gjallarhorn_service::config::parse;

    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(parse::<Config>("zfs", "{}").unwrap(), Config::default());
    }

    #[test]
    fn everything_can_be_set() {
        let text = "expected: [tank, 'pool with space']\nforget: [old]\ninterval: 3m\ndeadline: 5s\nstale-after: 10m\n";
        let config: Config = parse("zfs", text).unwrap();
        assert_eq!(config.expected, ["tank", "pool with space"]);
        assert!(config.forgets("old") && !config.forgets("tank"));
        let times = (config.interval.get(), config.deadline.get(), config.stale_after.get());
        assert_eq!(times, (Duration::from_secs(180), Duration::from_secs(5), Duration::from_secs(600)));
    }

    #[test]
    fn a_key_that_is_not_there_is_refused() {
        let error = parse::<Config>("zfs", "\nstale_after: 5m\n").unwrap_err().to_string();
        assert!(error.contains("zfs:2") && error.contains("stale-after"), "{error}");
    }
}
