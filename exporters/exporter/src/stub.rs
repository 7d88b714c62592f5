//! Stands where the zfs role will stand, so that the verbs can be built and tried. Reads the names of the pools only.

use std::path::Path;
use std::sync::Arc;

use gjallarhorn_metrics::{Definition, Snapshot};
use gjallarhorn_service::health::Health;
use gjallarhorn_service::role::{Poll, Role};
use gjallarhorn_service::{Failure, Timestamp, bounded};

pub(crate) const ABOUT: &str = "What pools, their disks and their scrubs say.";
pub(crate) const PORT: u16 = 9134;
pub(crate) use gjallarhorn_role_zfs::families::TABLE;

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {}

pub(crate) fn look(root: &Path) -> Result<String, Failure> {
    bounded::list(&root.join("proc/spl/kstat/zfs"), 100).map(|pools| pools.join(", "))
}

struct Stub;

impl Role for Stub {
    fn name(&self) -> &'static str {
        "zfs"
    }
    fn table(&self) -> &'static [&'static Definition] {
        TABLE
    }
    fn fresh(&self, _now: Timestamp) -> Snapshot {
        Snapshot::default()
    }
    fn kept(&self, _now: Timestamp) -> Vec<Arc<Snapshot>> {
        Vec::new()
    }
    fn sources(self: Arc<Self>) -> Vec<Poll> {
        Vec::new()
    }
    fn explain(&self, _now: Timestamp) -> String {
        String::from("Nothing yet.")
    }
}

pub(crate) fn build(_: &Config, _: &Path, _: &Path, _: &Health) -> Result<Arc<dyn Role>, Failure> {
    Ok(Arc::new(Stub))
}

pub(crate) fn child(_: &[String]) -> Result<(), Failure> {
    Ok(())
}
