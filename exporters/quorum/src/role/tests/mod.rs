//! The role on a cluster of fakes with real TLS, with its polls in hand instead of on threads.

mod pages;
mod stops;
mod town;
mod trouble;

use std::time::Duration;

use gjallarhorn_metrics::encode;
use gjallarhorn_service::Failure;
use gjallarhorn_service::http::{HeaderMap, Method};

use super::*;
use town::Town;

/// A role and its polls.
struct Stage {
    role: Arc<Quorum>,
    polls: Vec<Poll>,
}

impl Stage {
    fn new(town: &Town, config: &Config) -> Stage {
        let role = Arc::new(Quorum::new(config, town.root(), &Health::new("test")));
        let polls = Arc::clone(&role).sources();
        Stage { role, polls }
    }

    /// One round of every poll, the wire last, so that it judges with all that is to be known.
    fn round(&mut self, now: Timestamp) {
        for source in [FILES, SNAPD, STORE, NEIGHBOURS, WIRE] {
            let _ = self.one(source, now);
        }
    }

    fn one(&mut self, source: &str, now: Timestamp) -> Result<(), Failure> {
        let poll = self.polls.iter_mut().find(|poll| poll.source == source);
        poll.map_or(Ok(()), |poll| (poll.run)(now))
    }

    /// The page at `now`.
    fn page(&self, now: Timestamp) -> String {
        let kept = self.role.kept(now);
        let snapshots: Vec<&Snapshot> = kept.iter().map(AsRef::as_ref).collect();
        assert_eq!(snapshots.iter().map(|one| one.dropped()).sum::<usize>(), 0, "samples were dropped");
        let mut page = String::new();
        assert_eq!(encode(TABLE, &snapshots, &mut page), 0, "a series is there twice");
        page
    }

    fn value(&self, now: Timestamp, series: &str) -> Option<String> {
        let page = self.page(now);
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let prefix =
            format!("{name}{{cluster=\"home\",backend=\"dqlite\"{}{labels} ", if labels == "}" { "" } else { "," });
        page.lines().find_map(|line| line.strip_prefix(prefix.as_str()).map(str::to_owned))
    }

    fn state_of(&self, source: &str, item: &str) -> Option<&'static str> {
        let rows = self.role.shared.health.sources();
        rows.into_iter().find(|row| row.source == source && row.item == item).map(|row| row.state)
    }

    /// The answer of one of the role's own paths: status and body.
    fn ask(&self, path: &str, now: Timestamp) -> Option<(u16, String)> {
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let head = Head { method: Method::GET, uri: path.parse().unwrap(), headers: HeaderMap::new(), peer };
        let reply = self.role.answer(&head, now)?;
        // Nobody runs the polls here: a wait for them is over at once.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let answer = runtime.block_on(reply);
        Some((answer.status, String::from_utf8(answer.body.to_vec()).unwrap()))
    }

    fn may_stop(&self, node: &str, now: Timestamp) -> (u16, String) {
        let (status, body) = self.ask(&format!("/v1/safe-to-stop?node={node}"), now).unwrap();
        let told: serde_json::Value = serde_json::from_str(&body).unwrap();
        (status, told["sentence"].as_str().unwrap().to_owned())
    }
}

fn config() -> Config {
    Config { cluster: "home".into(), ..Config::default() }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::at(Duration::from_secs(1_800_000_000 + seconds), Duration::from_secs(10_000 + seconds))
}
