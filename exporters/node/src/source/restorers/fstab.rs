//! `/etc/fstab`: lines of swap, Ubuntu's `/swap.img` among them.

use gjallarhorn_service::Failure;

use super::{Place, SETTINGS_LIMIT};
use crate::parse::fstab;
use crate::restore::{Brings, Cause};
use crate::source::root::{Root, absent_is};
use crate::words::{Kind, Restorer};

const PATH: &str = "etc/fstab";
/// Where udev makes links that name a disk by what is written on it.
const LINKS: &str = "/dev/disk/";

pub(super) fn look(place: &Place<'_>) -> Result<Vec<Cause>, Failure> {
    place.root.is_of_host()?;
    if place.switches.fstab == Some(false) || place.switches.swap == Some(false) {
        return Ok(Vec::new());
    }
    let bytes = absent_is(Vec::new(), place.root.read(PATH, SETTINGS_LIMIT))?;
    let mut causes = Vec::new();
    for entry in fstab::swap_entries(&bytes) {
        let path = fstab::device(&entry.what);
        if place.can_start(&path)? {
            let file = format!("/{PATH}:{}", entry.line);
            causes.push(Cause { by: Restorer::Fstab, brings: brings(place.root, path), file });
        }
    }
    Ok(causes)
}

/// The device behind a link of udev; some partition if the links cannot be seen from here.
pub(super) fn brings(root: &Root, path: String) -> Brings {
    if !path.starts_with(LINKS) {
        return Brings::Device(path);
    }
    match root.end_of(path.trim_start_matches('/')) {
        Ok(end) if end != path => Brings::Device(end),
        _ => Brings::Some(Kind::Partition),
    }
}
