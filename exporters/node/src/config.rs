//! The section `node:` of the configuration file.

use serde::{Deserialize, Deserializer, de};

use gjallarhorn_service::config::{Size, Span};
use gjallarhorn_service::secret::Environment;

use crate::words::Check;

/// What a person can set. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// The name of this Kubernetes node, or `env:NAME` for an environment variable that holds it. Without it the arguments of
    /// MicroK8s' kubelet are read, if there are any.
    pub node_name: Option<String>,
    /// The size that a page of memory should have; it is judged only if this is set.
    pub page_size: Option<Size<4096, 1_048_576>>,
    /// Checks that this host need not pass; they give no sample.
    pub ignore: Vec<Ignored>,
    /// How often the list of swap is looked at between scrapes where the kernel does not say that it has changed.
    pub swap_interval: Span<1, 60>,
    /// How often everything else is read.
    pub interval: Span<5, 3600>,
    /// How old a reading may become before its metrics disappear.
    pub stale_after: Span<10, 86_400>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            node_name: None,
            page_size: None,
            ignore: Vec::new(),
            swap_interval: Span::seconds(1),
            interval: Span::seconds(60),
            stale_after: Span::seconds(300),
        }
    }
}

impl Config {
    /// The name of the Kubernetes node, if it is given here. A variable that is not set gives none.
    #[must_use]
    pub fn node_name(&self, environment: Environment<'_>) -> Option<String> {
        let name = self.node_name.as_deref()?;
        match name.strip_prefix("env:") {
            Some(variable) => environment(variable).filter(|name| !name.is_empty()),
            None => Some(name.to_owned()),
        }
    }

    /// The checks that are left out.
    #[must_use]
    pub fn ignored(&self) -> Vec<Check> {
        self.ignore.iter().map(|ignored| ignored.0).collect()
    }
}

/// The word of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored(pub Check);

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let word = String::deserialize(input)?;
        Check::of_word(&word).map(Ignored).ok_or_else(|| de::Error::unknown_variant(&word, Check::WORDS))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gjallarhorn_service::config::parse;

    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(parse::<Config>("node", "{}").unwrap(), Config::default());
    }

    #[test]
    fn everything_can_be_set() {
        let text = "node-name: odrerir\npage-size: 16KiB\nignore: [swap_off, swap_stays_off]\nswap-interval: 2s\n\
                    interval: 5m\nstale-after: 1h\n";
        let config: Config = parse("node", text).unwrap();
        assert_eq!(config.node_name(&|_| None).as_deref(), Some("odrerir"));
        assert_eq!(config.page_size.map(Size::get), Some(16384));
        assert_eq!(config.ignored(), [Check::SwapOff, Check::SwapStaysOff]);
        let times = (config.swap_interval.get(), config.interval.get(), config.stale_after.get());
        assert_eq!(times, (Duration::from_secs(2), Duration::from_secs(300), Duration::from_secs(3600)));
    }

    #[test]
    fn the_name_may_stand_in_the_environment() {
        let config: Config = parse("node", "node-name: env:NODE_NAME\n").unwrap();
        let pod = |name: &str| (name == "NODE_NAME").then(|| "pi-3".to_owned());
        assert_eq!(config.node_name(&pod).as_deref(), Some("pi-3"));
        assert_eq!(config.node_name(&|_| Some(String::new())), None);
    }

    #[test]
    fn a_key_or_a_check_that_is_not_there_is_refused() {
        let error = parse::<Config>("node", "\nnode_name: x\n").unwrap_err().to_string();
        assert!(error.contains("node:2") && error.contains("node-name"), "{error}");
        let error = parse::<Config>("node", "ignore: [swap_of]\n").unwrap_err().to_string();
        assert!(error.contains("swap_of") && error.contains("`swap_off`"), "{error}");
    }
}
