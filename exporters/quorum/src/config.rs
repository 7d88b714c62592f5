//! The section `quorum:` of the configuration file.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::PathBuf;

use gjallarhorn_service::config::Span;
use serde::Deserialize;

/// Where MicroK8s keeps dqlite's store, unless `args/k8s-dqlite` names another folder.
pub const BACKEND_FOLDER: &str = "/var/snap/microk8s/current/var/kubernetes/backend";

/// Far more than a voter that keeps up is ever behind, and far less than dqlite keeps for one that does not.
const LAG_LIMIT: NonZeroU64 = NonZeroU64::MIN.saturating_add(1023);

/// What a person can set. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// What the cluster is called in metrics and on the phone; the same on all its nodes.
    pub cluster: String,
    /// The folder of the store; without it, where MicroK8s says it is.
    pub backend_folder: Option<PathBuf>,
    /// How often every member is asked. The other exporters believe nothing that is older than 15 s.
    pub interval: Span<1, 10>,
    /// How long one step of asking may take: connecting, one answer. The TLS handshake may take twice as long.
    pub deadline: Span<1, 10>,
    /// How often the store is looked at; the same holds.
    pub disk_interval: Span<1, 10>,
    /// How often MicroK8s' files are read.
    pub files_interval: Span<5, 3600>,
    /// How old a look may become before its metrics disappear.
    pub stale_after: Span<10, 3600>,
    /// Log entries behind the leader from which on a voter does not count.
    pub lag_limit: NonZeroU64,
    /// Addresses that are asked beside those in the files and in the members' own tables.
    pub peers: Vec<String>,
    /// What nodes are called: host name by address, or by host.
    pub nodes: BTreeMap<String, String>,
    /// Where the other nodes' exporters are asked for what only they see; nowhere unless told.
    pub exporters: Exporters,
}

/// The other nodes' exporters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Exporters {
    /// The port on which every member's host serves one.
    pub port: Option<u16>,
    /// Further ones, as `http://HOST:PORT`.
    pub addresses: Vec<String>,
}

impl Exporters {
    /// Whether anybody is asked at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.port.is_some() || !self.addresses.is_empty()
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            cluster: "microk8s".to_owned(),
            backend_folder: None,
            interval: Span::seconds(3),
            deadline: Span::seconds(1),
            disk_interval: Span::seconds(3),
            files_interval: Span::seconds(15),
            stale_after: Span::seconds(60),
            lag_limit: LAG_LIMIT,
            peers: Vec::new(),
            nodes: BTreeMap::new(),
            exporters: Exporters::default(),
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
        let config = parse::<Config>("quorum", "{}").unwrap();
        assert_eq!(config, Config::default());
        assert!(!config.exporters.is_on());
        assert_eq!(config.lag_limit.get(), 1024);
    }

    #[test]
    fn everything_can_be_set() {
        let text = "cluster: home\nbackend-folder: /srv/dqlite\ninterval: 5s\ndeadline: 2s\ndisk-interval: 10s\n\
                    files-interval: 1m\nstale-after: 2m\nlag-limit: 100\npeers: ['10.0.0.9:19001']\n\
                    nodes: {10.0.0.2: pi-2}\nexporters: {port: 19137, addresses: ['http://pi-3:9']}\n";
        let config: Config = parse("quorum", text).unwrap();
        assert_eq!((config.cluster.as_str(), config.lag_limit.get()), ("home", 100));
        assert_eq!(config.interval.get(), Duration::from_secs(5));
        assert_eq!(config.nodes["10.0.0.2"], "pi-2");
        assert_eq!(config.exporters, Exporters { port: Some(19137), addresses: vec!["http://pi-3:9".into()] });
    }

    #[test]
    fn a_key_that_is_not_there_is_refused() {
        let error = parse::<Config>("quorum", "lag-limit: 0\n").unwrap_err().to_string();
        assert!(error.contains("quorum:1") && error.contains("nonzero"), "{error}");
        let error = parse::<Config>("quorum", "\nexporters: {ports: 1}\n").unwrap_err().to_string();
        assert!(error.contains("quorum:2") && error.contains("port"), "{error}");
    }
}
