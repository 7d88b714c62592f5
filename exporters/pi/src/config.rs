//! The section `pi:` of the configuration file.

use std::path::PathBuf;

use gjallarhorn_service::config::Span;
use serde::Deserialize;

/// What a person can set. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// How often the sampler looks at alarm, throttle bits and temperature. The kernel holds its alarm for two seconds.
    pub interval: Span<1, 10>,
    /// How often everything else is read: clocks, voltages, fans.
    pub slow_interval: Span<5, 300>,
    /// How long the firmware may take for one answer; the kernel itself gives up after a second.
    pub deadline: Span<1, 30>,
    /// How old a reading may become before its metrics disappear.
    pub stale_after: Span<10, 3600>,
    /// The folder of the firmware's devices, if it is not `dev` below the root: a pod has its own, while the root is where
    /// the host's `/sys` is mounted.
    pub devices: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            interval: Span::seconds(1),
            slow_interval: Span::seconds(15),
            deadline: Span::seconds(2),
            stale_after: Span::seconds(60),
            devices: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gjallarhorn_service::config::parse;

    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(parse::<Config>("pi", "{}").unwrap(), Config::default());
    }

    #[test]
    fn everything_can_be_set() {
        let text = "interval: 2s\nslow-interval: 1m\ndeadline: 5s\nstale-after: 10m\ndevices: /dev\n";
        let config: Config = parse("pi", text).unwrap();
        let times =
            [config.interval.get(), config.slow_interval.get(), config.deadline.get(), config.stale_after.get()];
        assert_eq!(times, [2, 60, 5, 600].map(Duration::from_secs));
        assert_eq!(config.devices, Some(PathBuf::from("/dev")));
    }

    #[test]
    fn a_key_that_is_not_there_is_refused() {
        let error = parse::<Config>("pi", "\nstale_after: 5m\n").unwrap_err().to_string();
        assert!(error.contains("pi:2") && error.contains("stale-after"), "{error}");
    }
}
