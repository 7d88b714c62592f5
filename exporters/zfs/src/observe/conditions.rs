//! What `zpool status` would complain about, each complaint by itself.

use gjallarhorn_metrics::SnapshotBuilder;
use gjallarhorn_zfs::parse::conditions::Conditions;
use gjallarhorn_zfs::parse::model::Condition;

use crate::families as f;

pub(super) fn samples(name: &str, conditions: &Conditions, out: &mut SnapshotBuilder) {
    for condition in Condition::ALL {
        out.push_some(&f::POOL_CONDITION, [name, condition.word()], conditions.get(*condition));
    }
    out.push_some(&f::POOL_HEALTHY, [name], conditions.healthy());
}
