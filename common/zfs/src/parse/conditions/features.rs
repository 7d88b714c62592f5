//! The complaints about versions and features.

use super::super::model::Pool;

/// `SPA_VERSION`: the version that has features instead of numbers.
const WITH_FEATURES: u64 = 5000;
/// The last version that was a number.
const LAST_NUMBERED: u64 = 28;
/// Features that `zpool upgrade` leaves alone (`ZFEATURE_FLAG_NO_UPGRADE`, 2.4).
const NOT_UPGRADED: &[&str] = &["dynamic_gang_header"];

/// What the `compatibility` property asks for.
enum Wanted {
    /// Every feature the module has.
    All,
    /// None at all.
    Legacy,
    /// A list in a file, which is not read here.
    Listed,
}

fn wanted(pool: &Pool) -> Wanted {
    match pool.compatibility.as_deref() {
        None | Some("" | "off") => Wanted::All,
        Some("legacy") => Wanted::Legacy,
        Some(_) => Wanted::Listed,
    }
}

/// An old version that still works, unless the pool asks for it.
pub(super) fn version_older(pool: &Pool) -> Option<bool> {
    let version = pool.version?;
    Some((1..=LAST_NUMBERED).contains(&version) && !matches!(wanted(pool), Wanted::Legacy))
}

/// A feature of the module that the pool has not enabled.
pub(super) fn disabled(pool: &Pool, module: Option<&[String]>) -> Option<bool> {
    if pool.version? < WITH_FEATURES {
        return Some(false);
    }
    match wanted(pool) {
        Wanted::Legacy => Some(false),
        Wanted::Listed => None,
        Wanted::All => {
            let enabled = pool.features.as_ref()?;
            let has = |short: &String| enabled.iter().any(|long| long.rsplit(':').next() == Some(short));
            Some(module?.iter().any(|short| !NOT_UPGRADED.contains(&short.as_str()) && !has(short)))
        }
    }
}

/// A feature that the pool has enabled and its own `compatibility` property does not allow.
pub(super) fn incompatible(pool: &Pool) -> Option<bool> {
    if pool.version? < WITH_FEATURES {
        return Some(false);
    }
    match wanted(pool) {
        Wanted::All => Some(false),
        Wanted::Legacy => pool.features.as_ref().map(|enabled| !enabled.is_empty()),
        Wanted::Listed => None,
    }
}

/// A `compatibility` property that names a list nobody can read.
pub(super) fn compatibility_error(pool: &Pool) -> Option<bool> {
    match wanted(pool) {
        Wanted::All | Wanted::Legacy => Some(false),
        Wanted::Listed => None,
    }
}
