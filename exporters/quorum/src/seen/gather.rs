//! From looks to the model's input; what is too old is left out.

use std::collections::BTreeMap;
use std::time::Duration;

use gjallarhorn_service::Timestamp;

use super::{Look, Seen};
use crate::config::Config;
use crate::model::names::Names;
use crate::model::{Answer, Disk, Input, Own, Peer, Sight};
use crate::neighbours::{DiskWord, Word};
use crate::source::peer;
use crate::source::raft::Store;

impl Seen {
    /// Everything that is known and young enough at `now`.
    pub(crate) fn input(&self, now: Timestamp, config: &Config) -> Input {
        let own = self.own();
        let wire = self.wire.as_ref().filter(|look| look.is_believed(now, config.interval.get()));
        Input {
            peers: wire.into_iter().flat_map(|look| &look.what).map(answered).collect(),
            file: self.files.as_ref().and_then(|look| Some(look.what.table.as_ref().ok()?.members.clone())),
            disks: self.disks(now, own.address.as_deref(), config),
            sights: self.words(now, config).filter_map(|(word, age)| sight(word, age)).collect(),
            names: self.names(own.address.as_deref(), config),
            lag_limit: config.lag_limit.get(),
            own,
        }
    }

    fn own(&self) -> Own {
        let Some(files) = self.files.as_ref().map(|look| &look.what) else { return Own::default() };
        Own {
            address: files.info.as_ref().ok().map(|info| info.address.clone()),
            locks: files.locks.as_ref().ok().cloned(),
        }
    }

    /// The words that are young enough, each with the time since it was told.
    fn words(&self, now: Timestamp, config: &Config) -> impl Iterator<Item = (&Word, Duration)> {
        let look = self.words.as_ref().filter(|look| look.is_believed(now, config.interval.get()));
        let words = look.into_iter().flat_map(move |look| look.what.iter().map(move |told| (told, now.since(look.at))));
        let ours = move |(word, _): &(&Word, Duration)| word.cluster == config.cluster;
        words.filter_map(|((_, word), age)| Some((word.as_ref().ok()?, age))).filter(ours)
    }

    fn disks(&self, now: Timestamp, own: Option<&str>, config: &Config) -> BTreeMap<String, Disk> {
        let mut disks = BTreeMap::new();
        for (word, age) in self.words(now, config) {
            if let (Some(address), Some(disk)) = (&word.address, word.disk)
                && let Some(age) = young(age, disk.age_milliseconds)
            {
                disks.insert(address.clone(), self.of_word(&disk, before(now, age)));
            }
        }
        let store = self.store.as_ref().filter(|look| look.is_believed(now, config.disk_interval.get()));
        if let (Some(address), Some(look)) = (own, store)
            && let Some(disk) = self.of_store(look)
        {
            disks.insert(address.to_owned(), disk);
        }
        disks
    }

    fn of_word(&self, disk: &DiskWord, taken: Timestamp) -> Disk {
        Disk {
            last_index: disk.last_index,
            open_segments: disk.open_segments,
            free_bytes: disk.free_bytes,
            stands_still: self.history.stands_still(disk.last_index, taken),
            was_full: disk.was_full,
        }
    }

    fn of_store(&self, look: &Look<Store>) -> Option<Disk> {
        Some(self.of_word(&self.of_own(look)?, look.at))
    }

    /// The store as others are told of it; nothing if the end of its log could not be read.
    fn of_own(&self, look: &Look<Store>) -> Option<DiskWord> {
        let store = &look.what;
        Some(DiskWord {
            age_milliseconds: 0,
            last_index: store.log.as_ref().ok()?.last_index,
            open_segments: store.open_segments,
            was_full: self.full.is_remembered(),
            free_bytes: store.space.as_ref().ok().map(|space| space.left),
        })
    }

    /// Names do not grow old: a node that is down is called as it was before.
    fn names(&self, own: Option<&str>, config: &Config) -> Names {
        let mut names = self.hosts.clone();
        let host = self.files.as_ref().and_then(|look| look.what.host.as_ref().ok());
        if let (Some(address), Some(host)) = (own, host) {
            names.call(address, host);
        }
        for (address, name) in &config.nodes {
            names.call(address, name);
        }
        names
    }

    /// What is told to the other exporters.
    pub(crate) fn word(&self, now: Timestamp, config: &Config) -> Word {
        let own = self.own();
        let store = self.store.as_ref().filter(|look| look.is_believed(now, config.disk_interval.get()));
        let disk = store.and_then(|look| Some((self.of_own(look)?, look.at)));
        let wire = self.wire.as_ref().filter(|look| look.is_believed(now, config.interval.get()));
        let host = self.files.as_ref().and_then(|look| look.what.host.as_ref().ok().cloned());
        Word {
            version: crate::neighbours::VERSION,
            cluster: config.cluster.clone(),
            address: own.address,
            host: host.unwrap_or_default(),
            disk: disk.map(|(disk, at)| DiskWord { age_milliseconds: milliseconds(now.since(at)), ..disk }),
            peers: wire.into_iter().flat_map(|look| &look.what).map(|report| said(report, now)).collect(),
        }
    }
}

fn said(report: &peer::Report, now: Timestamp) -> crate::neighbours::PeerWord {
    let age = milliseconds(now.since(report.at));
    crate::neighbours::PeerWord { address: report.address.clone(), up: report.outcome.is_ok(), age_milliseconds: age }
}

fn answered(report: &peer::Report) -> Peer {
    let answer = report.outcome.as_ref().map_err(|trouble| trouble.kind).map(|view| Answer {
        leader: view.leader.clone(),
        table: view.members.clone(),
        domain: view.description.map(|description| description.failure_domain),
    });
    Peer { address: report.address.clone(), answer }
}

fn sight(word: &Word, age: Duration) -> Option<Sight> {
    // A failing peer is left alone for some seconds, so an old "no" is as good as a new one; an old "yes" is not.
    let believed = word.peers.iter().filter(|peer| !peer.up || young(age, peer.age_milliseconds).is_some());
    let up = believed.map(|peer| (peer.address.clone(), peer.up)).collect();
    Some(Sight { observer: word.address.clone()?, up })
}

/// The age of a look at another node: how old it was when it was told, and the time since. Nothing if that is too old.
fn young(since: Duration, milliseconds: u64) -> Option<Duration> {
    let age = since.saturating_add(Duration::from_millis(milliseconds));
    (age <= super::BELIEVED).then_some(age)
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    Timestamp::at(now.unix.saturating_sub(age), now.monotonic.saturating_sub(age))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
