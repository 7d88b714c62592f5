//! A recorded machine: where `dev/zfs` below the root is a folder, a file per pool holds what the kernel answered.

use std::path::Path;

use gjallarhorn_service::bounded;
use gjallarhorn_service::failure::{Failure, FailureKind};

use crate::parse::reply::Reply;

/// As large as the largest buffer of the real call, and a line.
const LIMIT: usize = 16 * 1024 * 1024 + 64;

/// The recorded reply of a pool. Names come from a folder listing, so a name that is a path is refused.
pub(super) fn pool_stats(folder: &Path, pool: &str) -> Result<Reply, Failure> {
    let path = folder.join(format!("{pool}.pool_stats"));
    if pool.contains('/') {
        return Err(Failure::new(FailureKind::Refused, "read", path.display().to_string()));
    }
    let bytes = bounded::read(&path, LIMIT)?;
    Reply::from_recording(&bytes)
        .map_err(|error| Failure::new(FailureKind::Malformed, "read", path.display().to_string()).because(error))
}
