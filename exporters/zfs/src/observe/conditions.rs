//! What `zpool status` would complain about, each complaint by itself.

use gjallarhorn_metrics::SnapshotBuilder;
use gjallarhorn_zfs::parse::conditions::{Surroundings, evaluate};
use gjallarhorn_zfs::parse::model::{Condition, Pool};

use crate::families as f;

pub(super) fn samples(name: &str, pool: &Pool, around: Surroundings<'_>, out: &mut SnapshotBuilder) {
    let conditions = evaluate(pool, around);
    for condition in Condition::ALL {
        out.push_some(&f::POOL_CONDITION, [name, condition.word()], conditions.get(*condition));
    }
    out.push_some(&f::POOL_HEALTHY, [name], conditions.healthy());
}
