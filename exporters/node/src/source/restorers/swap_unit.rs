//! Swap units that somebody enabled.

use gjallarhorn_service::Failure;

use super::{Place, fstab};
use crate::parse::unit;
use crate::restore::{Brings, Cause};
use crate::source::systemd::is_masked;
use crate::words::Restorer;

pub(super) fn look(place: &Place<'_>) -> Result<Vec<Cause>, Failure> {
    let target_is_masked = is_masked(place.root, "swap.target")?;
    let starting = place.systemd()?.starts(|unit| unit.ends_with(".swap"))?;
    let starting = starting.into_iter().filter(|(_, link)| !(target_is_masked && link.contains("/swap.target.")));
    let cause = |(unit, link): (String, String)| {
        let brings = unit::to_path(&unit).map_or(Brings::Anything, |path| fstab::brings(place.root, path));
        Cause { by: Restorer::SwapUnit, brings, file: link }
    };
    Ok(starting.map(cause).collect())
}
